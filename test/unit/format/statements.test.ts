import { describe, expect, it } from 'vitest';
import { lineAt, readStatements, statementKind } from '../../../src/format/statements.ts';
import type { StatementOptions } from '../../../src/format/statements.ts';

/** A source of the given chunks that knows whether it was closed. */
class Chunks implements AsyncIterable<Buffer> {
  isClosed = false;
  private readonly chunks: readonly string[];

  constructor(...chunks: string[]) {
    this.chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (const chunk of this.chunks) yield await Promise.resolve(Buffer.from(chunk, 'latin1'));
    } finally {
      this.isClosed = true;
    }
  }
}

async function statements(source: Chunks, options: Partial<StatementOptions> = {}): Promise<string[]> {
  const read: string[] = [];
  for await (const { bytes, rest } of readStatements(source, { path: 'a.sql', ...options })) {
    let text = bytes.toString('latin1');
    for await (const part of rest ?? []) text += `|${part.toString('latin1')}`;
    read.push(text);
  }
  return read;
}

describe('a statement', () => {
  it('ends at a line whose end is a semicolon', async () => {
    const source = new Chunks('SET x;\nINSERT INTO t VALUES(1)\n,(";",2)\n;\nDROP y;\n');
    expect(await statements(source)).toEqual(['SET x', 'INSERT INTO t VALUES(1)\n,(";",2)\n', 'DROP y']);
  });

  it('ends at the end of the file too', async () => {
    expect(await statements(new Chunks('A;\nB;'))).toEqual(['A', 'B']);
  });

  it('does not end before a carriage return or a blank', async () => {
    expect(await statements(new Chunks('A;\r\nB; \nC;\n'))).toEqual(['A;\r\nB; \nC']);
  });

  it('may be cut between its two last bytes', async () => {
    expect(await statements(new Chunks('A;', '\nB;', 'x;', '', '\n', ' \n', 'C;'))).toEqual(['A', 'B;x', 'C']);
  });

  it('that is empty is passed over', async () => {
    expect(await statements(new Chunks(';\n\n \t\r\n;\nA;\n;'))).toEqual(['A']);
    expect(await statements(new Chunks())).toEqual([]);
    expect(await statements(new Chunks('\n', ' \n'))).toEqual([]);
  });

  it('carries its number and where it begins', async () => {
    const seen: [number, number][] = [];
    for await (const { number, offset } of readStatements(new Chunks('A;\n', '\n B;', '\nC;\n'), { path: 'a.sql' })) {
      seen.push([number, offset]);
    }
    expect(seen).toEqual([
      [1, 0],
      [2, 5],
      [3, 8],
    ]);
  });

  it('longer than the limit comes in parts', async () => {
    const source = new Chunks('INSERT', '(1)', '(2)', '(3)\n;', '\nB;\n');
    expect(await statements(source, { maxBufferedBytes: 8 })).toEqual(['INSERT(1)|(2)|(3)\n', 'B']);
  });

  it('in parts must be read before the next one', async () => {
    const iteration = readStatements(new Chunks('INSERT', '(1)', '(2);\nB;\n'), { path: 'a.sql', maxBufferedBytes: 8 });
    await iteration.next();
    await expect(iteration.next()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'statement 1 of a.sql was not read to its end',
    });
  });

  it('that the file does not end is damage', async () => {
    const failure = statements(new Chunks('SET x;\nINSERT INTO t VAL', 'UES(1)\n'));
    await expect(failure).rejects.toMatchObject({
      code: 'DUMP_DAMAGED',
      message: 'a.sql ends in the middle of statement 2, which begins at byte 7',
    });
    await expect(statements(new Chunks('INSERT', '(1)', '(2)'), { maxBufferedBytes: 2 })).rejects.toThrow(
      'statement 1',
    );
  });
});

describe('the source of statements', () => {
  it('is closed at the end, on failure and when the reader stops', async () => {
    const whole = new Chunks('A;\n');
    await statements(whole);
    const cut = new Chunks('A;\nB', 'C');
    await expect(statements(cut)).rejects.toThrow('in the middle');
    const stopped = new Chunks('A;\nB;\n', 'C;\n');
    for await (const { bytes } of readStatements(stopped, { path: 'a.sql' })) {
      expect(bytes.toString()).toBe('A');
      break;
    }
    expect([whole.isClosed, cut.isClosed, stopped.isClosed]).toEqual([true, true, true]);
  });
});

describe('the line of an offset', () => {
  it('counts from one', async () => {
    expect(await lineAt(new Chunks('A;\n', '\n B;\nC'), 0)).toBe(1);
    expect(await lineAt(new Chunks('A;\n', '\n B;\nC'), 3)).toBe(2);
    expect(await lineAt(new Chunks('A;\n', '\n B;\nC'), 5)).toBe(3);
    expect(await lineAt(new Chunks('A;\n', '\n B;\nC'), 8)).toBe(4);
  });
});

describe('the kind of a statement', () => {
  it.each([
    ['INSERT INTO `t` VALUES(1)', 'insert'],
    ['insert ignore into t values(1)', 'insert'],
    ['REPLACE INTO `t` VALUES(1)', 'replace'],
    ["LOAD DATA LOCAL INFILE 'x'", 'load-data'],
    ['SET x=1', 'set'],
    ['/*!40101 SET NAMES binary*/', 'set'],
    ["/*!40103 SET TIME_ZONE='+00:00' */", 'set'],
    ['/*M!100100 SET x=1*/', 'set'],
    ['/*!50001 CREATE VIEW x*/', 'other'],
    ['/*!50001 INSERT x*/', 'other'],
    ['SETTLE', 'other'],
    ['CREATE TABLE t', 'other'],
    ['', 'other'],
  ])('%j is %s', (text, kind) => {
    expect(statementKind(Buffer.from(text))).toBe(kind);
  });
});
