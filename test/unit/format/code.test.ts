import { describe, expect, it } from 'vitest';
import { codeFile, disguiseBody, readSchemaStatements, revealBody, schemaFile } from '../../../src/format/code.ts';

const HEADER = Buffer.from('/*!40101 SET NAMES binary*/;\n');

async function read(file: Buffer | string): Promise<string[]> {
  const source = (async function* () {
    yield await Promise.resolve(Buffer.from(file as string, 'latin1'));
  })();
  const statements: string[] = [];
  for await (const { bytes } of readSchemaStatements(source, { path: 'a.sql' }))
    statements.push(bytes.toString('latin1'));
  return statements;
}

function bytesOf(...texts: string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text, 'latin1'));
}

describe('the disguise', () => {
  it.each([
    ['a;\nb', 'a; \nb'],
    ['a; \nb', 'a;  \nb'],
    ['a;  \nb;\n', 'a;   \nb; \n'],
    ['a;;\n;\n', 'a;; \n; \n'],
    ['a;\r\nb', 'a;\r\nb'],
    ['a;\tb', 'a;\tb'],
    ['\xff;\n\0', '\xff; \n\0'],
  ])('of %j is %j', (text, disguised) => {
    expect(disguiseBody(Buffer.from(text, 'latin1')).toString('latin1')).toBe(disguised);
    expect(revealBody(Buffer.from(disguised, 'latin1')).toString('latin1')).toBe(text);
  });
});

describe('a file of code', () => {
  const PROCEDURE = 'CREATE PROCEDURE `p`()\nBEGIN\n  SELECT 1;\n  SELECT 2; \nEND';

  it('is laid out for clients, myloader and us', () => {
    const file = codeFile(HEADER, bytesOf('DROP PROCEDURE IF EXISTS `p`', PROCEDURE));
    expect(file.toString()).toBe(
      '/*!40101 SET NAMES binary*/;\n' +
        '/*!99999 \\d #; */ #;\n' +
        'DROP PROCEDURE IF EXISTS `p`;\n#;\n' +
        'CREATE PROCEDURE `p`()\nBEGIN\n  SELECT 1; \n  SELECT 2;  \nEND;\n#;\n' +
        ' /*!99999 \\d ; */ ;\n',
    );
  });

  it('gives its statements back', async () => {
    const statements = ['DROP PROCEDURE IF EXISTS `p`', PROCEDURE, 'CREATE EVENT e DO x;', '/*!50003 SET x=1 */'];
    expect(await read(codeFile(HEADER, bytesOf(...statements)))).toEqual([
      '/*!40101 SET NAMES binary*/',
      ...statements,
    ]);
  });

  it('takes a delimiter that no body holds', async () => {
    const statements = ['SELECT 1 #;\n', 'SELECT 2 ###;\nSELECT 3', 'SELECT 4 ####'];
    const file = codeFile(Buffer.alloc(0), bytesOf(...statements));
    expect(file.toString()).toContain('\\d #####; */ #####;\n');
    expect(await read(file)).toEqual(statements);
  });

  it('has no later statement that begins as the header does, where myloader fails', () => {
    const file = codeFile(HEADER, bytesOf('SET x=1', '/*!50003 SET y=1 */'));
    expect(
      file
        .toString()
        .split('\n')
        .slice(2)
        .filter((line) => line.startsWith('/*!')),
    ).toEqual([]);
  });

  it('cut anywhere in its section is damaged', async () => {
    const file = codeFile(HEADER, bytesOf('SET x=1', PROCEDURE));
    for (let length = HEADER.length + 22; length < file.length - 2; length += 1) {
      await expect(read(file.subarray(0, length)), `cut at ${length}`).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
    }
  });

  it('with a delimiter missing is damaged', async () => {
    const text = codeFile(HEADER, bytesOf('SET x=1', 'SET y=1')).toString().replace('SET x=1;\n#;\n', 'SET x=1;\n');
    await expect(read(text)).rejects.toThrow('a.sql: statement 4 is no delimiter');
  });

  it("of mydumper's is taken as it stands", async () => {
    const text = 'SET x=1;\nCREATE PROCEDURE `p`()\nBEGIN\n  SELECT 1; \nEND;\n';
    expect(await read(text)).toEqual(['SET x=1', 'CREATE PROCEDURE `p`()\nBEGIN\n  SELECT 1; \nEND']);
  });
});

describe('a file of definitions', () => {
  it('is plain where it can be', async () => {
    const file = schemaFile(HEADER, bytesOf('CREATE TABLE `t` (\n  `id` int\n)'));
    expect(file.toString()).toBe('/*!40101 SET NAMES binary*/;\nCREATE TABLE `t` (\n  `id` int\n);\n');
    expect(await read(file)).toEqual(['/*!40101 SET NAMES binary*/', 'CREATE TABLE `t` (\n  `id` int\n)']);
  });

  it.each(['CREATE TABLE `a;\nb` (x int)', 'CREATE TABLE `a; \nb` (x int)'])(
    'is disguised for %j',
    async (statement) => {
      const file = schemaFile(Buffer.alloc(0), bytesOf(statement));
      expect(file.toString()).toContain('\\d #;');
      expect(await read(file)).toEqual([statement]);
    },
  );
});
