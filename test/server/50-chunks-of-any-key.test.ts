/** Random keys, collations and rows: the chunks that a dump reads are disjoint and hold every row. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { dataFilesOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { Product } from '../support/servers.ts';

interface KeyType {
  readonly type: string;
  /** SQL of a value. */
  readonly value: fc.Arbitrary<string>;
  readonly only?: Product;
}

const number = (min: bigint, max: bigint): fc.Arbitrary<string> =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max), fc.bigInt({ min: 0n, max: 9n })).map(String);

/** Letters that collations treat differently: cases, accents, a ligature, blanks at the end, wildcards, quotes. */
const LETTERS = ['a', 'A', 'á', 'b', 'B', 'ß', 's', 'é', 'E', ' ', '%', '_', "''", '\\\\', '1', 'z'];
const letters = (more: readonly string[] = []): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...LETTERS, ...more), { maxLength: 6 }).map((parts) => `'${parts.join('')}'`);
const ascii = fc
  .array(fc.constantFrom('a', 'A', 'b', 'B', ' ', '_', 'z', '9'), { maxLength: 6 })
  .map((parts) => `'${parts.join('')}'`);
const han = fc
  .array(fc.constantFrom('表', '能', 'a', 'A', ' ', '9'), { maxLength: 6 })
  .map((parts) => `'${parts.join('')}'`);
const hex = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((bytes) => `X'${Buffer.from(bytes).toString('hex')}'`);

const text = (collation: string, value: fc.Arbitrary<string>, only?: Product): KeyType => ({
  type: `VARCHAR(12) CHARACTER SET ${collation.split('_')[0]} COLLATE ${collation} NOT NULL`,
  value,
  ...(only === undefined ? {} : { only }),
});

const TYPES: readonly KeyType[] = [
  { type: 'TINYINT NOT NULL', value: number(-128n, 127n) },
  { type: 'BIGINT NOT NULL', value: number(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: 'BIGINT UNSIGNED NOT NULL', value: number(0n, 2n ** 64n - 1n) },
  { type: 'DECIMAL(30, 10) NOT NULL', value: number(-(10n ** 19n), 10n ** 19n).map((digits) => `${digits}.5`) },
  {
    type: 'DATE NOT NULL',
    value: fc.integer({ min: 0, max: 3000 }).map((days) => `DATE '1999-01-01' + INTERVAL ${days} DAY`),
  },
  {
    type: 'TIME(2) NOT NULL',
    value: fc.integer({ min: -9999, max: 9999 }).map((each) => `SEC_TO_TIME(${each} * 30.25)`),
  },
  { type: 'YEAR NOT NULL', value: fc.constantFrom("'0000'", '1901', '1999', '2000', '2155') },
  { type: "ENUM('z', 'a', 'b''c', 'M') NOT NULL", value: fc.integer({ min: 1, max: 4 }).map(String) },
  { type: "SET('z', 'a', 'm') NOT NULL", value: fc.integer({ min: 0, max: 7 }).map(String) },
  { type: 'BIT(12) NOT NULL', value: fc.integer({ min: 0, max: 4095 }).map(String) },
  { type: 'BINARY(3) NOT NULL', value: hex(3) },
  { type: 'VARBINARY(5) NOT NULL', value: hex(5) },
  { type: 'CHAR(12) CHARACTER SET latin1 NOT NULL', value: letters() },
  text('latin1_general_cs', letters()),
  text('utf8mb3_general_ci', letters(['表'])),
  text('utf8mb4_bin', letters(['😀'])),
  text('utf8mb4_unicode_ci', letters(['😀'])),
  text('utf8mb4_0900_ai_ci', letters(['😀']), 'MySQL'),
  text('utf8mb4_0900_as_cs', letters(['😀']), 'MySQL'),
  text('utf8mb4_nopad_bin', letters(['😀']), 'MariaDB'),
  text('utf8mb4_unicode_nopad_ci', letters(['😀']), 'MariaDB'),
  text('utf8mb4_uca1400_as_cs', letters(['😀']), 'MariaDB'),
  text('ucs2_general_ci', letters(['表'])),
  text('utf16_unicode_ci', letters(['😀'])),
  text('gbk_chinese_ci', han),
  text('sjis_japanese_ci', han),
  text('ascii_general_ci', ascii),
  { type: 'CHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL', value: letters(), only: 'MySQL' },
  { type: 'UUID NOT NULL', value: fc.uuid().map((each) => `'${each}'`), only: 'MariaDB' },
  { type: 'INET6 NOT NULL', value: fc.ipV6().map((each) => `'${each}'`), only: 'MariaDB' },
];

interface RandomTable {
  readonly columns: readonly { readonly type: string; readonly order: string }[];
  readonly rows: readonly (readonly string[])[];
}

const tables = (product: Product): fc.Arbitrary<RandomTable> =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom(...TYPES.filter(({ only }) => (only ?? product) === product)),
        fc.constantFrom('', ' DESC'),
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .chain((parts) =>
      fc
        .array(fc.tuple(...parts.map(([{ value }]) => value)), { minLength: 30, maxLength: 60 })
        .map((rows) => ({ columns: parts.map(([{ type }, order]) => ({ type, order })), rows })),
    );

const createTable = (name: string, { columns, rows }: RandomTable): string => {
  const definitions = columns.map(({ type }, index) => `k${index} ${type}`);
  const key = columns.map(({ order }, index) => `k${index}${order}`);
  return `CREATE TABLE ${name} (${definitions.join(', ')}, filler INT DEFAULT 7, PRIMARY KEY (${key.join(', ')}));
    INSERT IGNORE INTO ${name} (${columns.map((_, index) => `k${index}`).join(', ')})
      VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`;
};

const TABLES = 40;
const SEED = 20_261_121;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test(`${TABLES} tables with random keys come back equal, three rows to a chunk`, () =>
    withDatabase(source, 'keys', async (database, connection) => {
      await connection.query("SET NAMES utf8mb4; SET sql_mode = ''");
      const samples = fc.sample(tables(source.product), { numRuns: TABLES, seed: SEED });
      for (const [index, table] of samples.entries()) await connection.query(createTable(`t${index}`, table));
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], rowsPerChunk: 3 });
        for (const index of samples.keys()) {
          const [counted] = await connection.query(`SELECT COUNT(*) AS n FROM t${index}`);
          const { n = 0 } = (counted as { n: number }[])[0] ?? {};
          const files = await dataFilesOf(directory, database, `t${index}`);
          expect(files, JSON.stringify(samples[index]?.columns)).toHaveLength(Math.ceil(n / 3));
        }
        await vacate(lane, database);
        await runLoad(target, { directory });
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }));
});
