/** Whatever bare rows are and wherever they are cut, the INSERT statements made of them say what LOAD DATA reads. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ToolError } from '../../src/base/errors.ts';
import type { Separators } from '../../src/base/separators.ts';
import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { Literal } from '../../src/kernel/rows-from-insert.ts';
import type { BareLayout } from '../../src/kernel/insert-from-rows.ts';
import { bareInserts } from '../../src/load/send/bare-inserts.ts';
import { behindRows } from '../../src/load/send/bare-pieces.ts';
import { rowEndsOf } from '../../src/load/send/row-ends.ts';
import { referenceLoad } from '../support/load-data-reference.ts';
import { referenceRows } from '../support/insert-rows-reference.ts';
import type { Row } from '../support/insert-rows-reference.ts';
import { cut, seeded } from '../support/row-driver.ts';

const ANY = Object.values(Literal).reduce((sum, each) => sum | each, 0);
const OPENING = 'INSERT INTO `t` VALUES';

const SEPARATORS: readonly Separators[] = [
  LOAD_DATA_SEPARATORS,
  CSV_SEPARATORS,
  { ...CSV_SEPARATORS, fieldsTerminatedBy: ';;', fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' },
  { ...LOAD_DATA_SEPARATORS, fieldsEscapedBy: '#', linesStartingBy: '>>', linesTerminatedBy: '|end|' },
  { ...CSV_SEPARATORS, fieldsEscapedBy: '' },
  { ...LOAD_DATA_SEPARATORS, fieldsTerminatedBy: '\t\n', linesTerminatedBy: '||' },
];

const layoutOf = (separators: Separators, columns: number, backslashEscapes = true): BareLayout => ({
  separators,
  headerLines: 0,
  values: Array.from({ length: columns }, () => ({ before: '', mark: '', behind: '' })),
  backslashEscapes,
});

async function* chunksOf(text: string, longest: number, seed: number): AsyncGenerator<Buffer> {
  yield* cut(Buffer.from(text, 'latin1'), longest, seeded(seed));
}

interface Inserts {
  readonly rows: readonly Row[];
  readonly statements: readonly string[];
  readonly failure: string | undefined;
}

async function inserts(
  text: string,
  layout: BareLayout,
  { longest = 50, seed = 1, maxStatementBytes = 500, skipRows = 0 } = {},
): Promise<Inserts> {
  const statements: string[] = [];
  const rows: Row[] = [];
  const form = { opening: Buffer.from(OPENING), layout };
  const options = { name: 'f', maxStatementBytes, skipRows };
  const written = layout.values.filter((value) => value !== undefined);
  const columns = { literals: written.map(() => ANY), backslashEscapes: layout.backslashEscapes };
  try {
    for await (const insert of bareInserts(chunksOf(text, longest, seed), form, options)) {
      let statement = insert.bytes.toString('latin1');
      for await (const part of insert.rest ?? []) statement += part.toString('latin1');
      expect(statement.startsWith(`${OPENING}(`)).toBe(true);
      statements.push(statement);
      if (written.length === 0) continue;
      const read = referenceRows(statement.slice(OPENING.length), columns);
      expect(read?.length).toBe(insert.rows);
      expect(insert.firstRow).toBe(skipRows + rows.length + 1);
      rows.push(...(read ?? []));
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { rows, statements, failure: error.message };
  }
  return { rows, statements, failure: undefined };
}

/** Texts that are full of what means something, and mostly rows. */
const text = fc
  .tuple(fc.nat(SEPARATORS.length - 1), fc.integer({ min: 1, max: 3 }), fc.integer())
  .map(([which, columns, seed]) => {
    const separators = SEPARATORS[which] ?? LOAD_DATA_SEPARATORS;
    const random = seeded(seed);
    const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesStartingBy, linesTerminatedBy } = separators;
    const pieces = [
      ...Array.from('\\#"\'N0nZ%_|;\t\n\r\0é'),
      'NULL',
      fieldsEscapedBy,
      fieldsEnclosedBy,
      fieldsEnclosedBy + fieldsEnclosedBy,
      'abcdefghijklmnopqrstuvwxyz',
    ];
    const value = (): string => {
      const choice = random(8);
      if (choice === 0) return `${fieldsEscapedBy}N`;
      if (choice === 1) return 'NULL';
      const inner = Array.from({ length: random(6) }, () => pieces[random(pieces.length)]).join('');
      return choice < 5 ? fieldsEnclosedBy + inner + fieldsEnclosedBy : inner;
    };
    const rows = Array.from({ length: random(12) }, () => {
      const count = random(40) === 0 ? 1 + random(4) : columns;
      return linesStartingBy + Array.from({ length: count }, value).join(fieldsTerminatedBy);
    });
    const end = random(3) === 0 ? '' : linesTerminatedBy;
    return { separators, columns, seed, text: rows.join(linesTerminatedBy) + end };
  });

describe('INSERT statements say what LOAD DATA reads', () => {
  test('of any text, in statements of any length, behind any row', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.boolean(),
        fc.constantFrom(1, 3, 100),
        fc.constantFrom(300, 2000),
        fc.nat(4),
        async ({ separators, columns, seed, text: written }, escapes, longest, maxStatementBytes, skipRows) => {
          const wanted = referenceLoad(written, separators, columns);
          const layout = layoutOf(separators, columns, escapes);
          const found = await inserts(written, layout, { longest, seed, maxStatementBytes, skipRows });
          expect(found.rows).toEqual(wanted.rows.slice(skipRows));
          expect(found.failure !== undefined).toBe(wanted.isDamaged);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('of values longer than a statement, and values that nothing is made of', async () => {
    const long = 'a\tb\'"\\\n'.repeat(50_000);
    const bare = (value: string): string => value.replaceAll(/[\t\n\\]/g, (byte) => `\\${byte}`);
    const written = `1\t${bare(long)}\tx\n2\t${bare(long)}\tshort\n${bare(long)}\tlast\t\\N\n`;
    const all = await inserts(written, layoutOf(LOAD_DATA_SEPARATORS, 3), {
      longest: 70_000,
      maxStatementBytes: 65_536,
    });
    expect(all.rows).toEqual([
      ['1', long, 'x'],
      ['2', long, 'short'],
      [long, 'last', null],
    ]);
    const [value] = layoutOf(LOAD_DATA_SEPARATORS, 1).values;
    const some = { ...layoutOf(LOAD_DATA_SEPARATORS, 3), values: [value, undefined, value] };
    const kept = await inserts(written, some, { longest: 70_000, maxStatementBytes: 65_536 });
    expect(kept.statements.join('')).toContain(`('1','x'),('2','short')`);
    const none = { ...some, values: [undefined, undefined, undefined] };
    expect((await inserts(written, none, { longest: 70_000 })).statements).toEqual([`${OPENING}(),(),()`]);
  });

  test('for every byte at every place of a block, escaped and not', async () => {
    for (const separators of SEPARATORS) {
      const { linesStartingBy, fieldsTerminatedBy, fieldsEscapedBy, linesTerminatedBy } = separators;
      const rows = Array.from({ length: 256 * 18 }, (_, which) => {
        const [byte, at] = [String.fromCharCode(which & 255), which >> 8];
        const around = (each: string): string => 'x'.repeat(at) + each + 'y'.repeat(17);
        return linesStartingBy + around(byte) + fieldsTerminatedBy + around(fieldsEscapedBy + byte) + linesTerminatedBy;
      });
      for (const row of rows) {
        const { rows: wanted, isDamaged } = referenceLoad(row, separators, 2);
        if (isDamaged) continue;
        expect((await inserts(row, layoutOf(separators, 2))).rows).toEqual(wanted);
      }
    }
  });
});

test('a text is cut behind rows only, and what is behind rows is found again', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom(3, 30, 1000),
      async ({ separators, columns, seed, text: written }, longest) => {
        const { rows, isDamaged } = referenceLoad(written, separators, columns);
        if (isDamaged) return;
        const layout = layoutOf(separators, columns);
        const ends = rowEndsOf(layout);
        let before = '';
        for await (const chunk of chunksOf(written, longest, seed)) {
          const end = ends.lastIn(chunk);
          before += chunk.toString('latin1');
          if (end === undefined) continue;
          const [first, second] = [
            before.slice(0, before.length - chunk.length + end),
            written.slice(before.length - chunk.length + end),
          ];
          const firstRows = referenceLoad(first, separators, columns).rows;
          expect([...firstRows, ...referenceLoad(second, separators, columns).rows]).toEqual(rows);
          const rest: Buffer[] = [];
          const options = { name: 'f', rows: firstRows.length };
          for await (const part of behindRows(chunksOf(written, longest, seed), layout, options))
            rest.push(Buffer.from(part));
          expect(Buffer.concat(rest).toString('latin1')).toBe(second);
        }
      },
    ),
    { numRuns: 1500 },
  );
});
