/** The oracle is worth as much as what it sees: equal copies are equal, and every kind of change is found, alone. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Fingerprint } from '../support/fingerprint.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { loadSakila } from '../support/sakila.ts';
import { fillShop } from '../support/shop.ts';

interface Change {
  readonly what: string;
  readonly sql: string;
  /** The keys that must differ, without the database, and no others. */
  readonly seen: readonly string[];
}

const ROW_CHANGES: readonly Change[] = [
  {
    what: 'one byte of a blob',
    sql: `UPDATE product_images SET content = INSERT(content, 100, 1, x'00') WHERE product_id = 1`,
    seen: ['table product_images rows'],
  },
  {
    what: 'NULL that became empty',
    sql: `UPDATE customers SET first_name = '' WHERE first_name IS NULL ORDER BY id LIMIT 1`,
    seen: ['table customers rows'],
  },
  {
    what: 'a lost duplicate of a row without a key',
    sql: 'DELETE FROM page_views ORDER BY seen_at LIMIT 1',
    seen: ['table page_views rows'],
  },
  {
    what: 'as many rows, but another one twice',
    sql: `DELETE FROM extra_numbers WHERE n = 1 LIMIT 1; INSERT INTO extra_numbers VALUES (2)`,
    seen: ['table extra_numbers rows'],
  },
  {
    what: 'bytes that the collation calls equal',
    sql: `UPDATE suppliers SET legacy_name = 'Suesswaren Hoess' WHERE legacy_name = 'Süßwaren Höß' ORDER BY id LIMIT 1`,
    seen: ['table suppliers rows'],
  },
  {
    what: 'the last bit of a FLOAT',
    sql: 'UPDATE extra_floats SET f = 16777214',
    seen: ['table extra_floats rows'],
  },
  {
    what: 'an invisible column',
    sql: 'UPDATE products SET internal_rank = -1, changed_at = changed_at WHERE id = 1',
    seen: ['table products rows'],
  },
  {
    what: 'a microsecond',
    sql: 'UPDATE orders SET ordered_at = ordered_at + INTERVAL 1 MICROSECOND WHERE id = 300',
    seen: ['table orders rows'],
  },
  {
    what: 'a value deep in JSON',
    sql: `UPDATE carts SET content = JSON_SET(content, '$[0].wish', 'x'), touched_at = touched_at ORDER BY id LIMIT 1`,
    seen: ['table carts rows'],
  },
  {
    what: 'the last of 1000 columns',
    sql: 'UPDATE extra_wide SET c999 = NULL',
    seen: ['table extra_wide rows'],
  },
];

const DEFINITION_CHANGES: readonly Change[] = [
  {
    what: 'two triggers that changed places',
    sql: `DROP TRIGGER extra_first; ${extraTrigger('extra_first', 'FOLLOWS extra_second')}`,
    seen: ['trigger extra_first', 'trigger extra_second'],
  },
  {
    what: 'a view',
    sql: 'ALTER VIEW extra_view AS SELECT n + 1 AS n FROM extra_numbers',
    seen: ['view extra_view'],
  },
  {
    what: 'the next AUTO_INCREMENT',
    sql: 'ALTER TABLE order_history AUTO_INCREMENT = 5000',
    seen: ['table order_history definition'],
  },
  {
    what: 'the comment of a routine',
    sql: `ALTER PROCEDURE restock COMMENT 'Fills up; says "how much"'`,
    seen: ['procedure restock'],
  },
  {
    what: 'the sql_mode of a function',
    sql: `SET sql_mode = ''; DROP FUNCTION extra_function; CREATE FUNCTION extra_function() RETURNS INT NO SQL RETURN 1`,
    seen: ['function extra_function'],
  },
  {
    what: 'an event that was switched off',
    sql: 'ALTER EVENT forget_carts DISABLE',
    seen: ['event forget_carts'],
  },
  {
    what: 'the comment of a column',
    sql: `ALTER TABLE extra_numbers MODIFY n INT NULL COMMENT 'CHARACTER SET latin1 COLLATE latin1_bin'`,
    seen: ['table extra_numbers definition'],
  },
  {
    what: 'what a comment says about charsets',
    sql: `ALTER TABLE extra_numbers MODIFY n INT NULL COMMENT 'COLLATE latin1_bin'`,
    seen: ['table extra_numbers definition'],
  },
  {
    what: 'a missing index',
    sql: 'ALTER TABLE products DROP KEY by_name',
    seen: ['table products definition'],
  },
  {
    what: 'a table renamed',
    sql: 'RENAME TABLE extra_floats TO extra_doubles',
    seen: ['extra_floats definition', 'extra_floats rows', 'extra_doubles definition', 'extra_doubles rows'].map(
      (key) => `table ${key}`,
    ),
  },
];

describe.each(laneServers())('the fingerprints of $lane', ({ source }) => {
  const original = uniqueName('oracle');
  const copy = uniqueName('oracle');
  const read = (database: string): Promise<Fingerprint> => fingerprint(source.url, { databases: [database] });

  beforeAll(async () => {
    for (const database of [original, copy]) {
      await fillShop(source.url, { database, orders: 400 });
      await change(database, EXTRAS);
    }
  });
  afterAll(() => Promise.all([original, copy].map((database) => dropDatabase(source, database))));

  const change = (database: string, sql: string): Promise<unknown> =>
    withConnection(source, (connection) => connection.query(sql), { database, flags: ['-IGNORE_SPACE'] });

  it('finds two copies equal under two names, and different under one', async () => {
    const [left, right] = [await read(original), await read(copy)];
    expect(diffFingerprints(left, right, { renameDatabase: { from: original, to: copy } })).toEqual([]);
    expect(left.size).toBeGreaterThan(50);
    expect(diffFingerprints(left, right)).toHaveLength(left.size + right.size);
  });

  it.each([...ROW_CHANGES, ...DEFINITION_CHANGES])('tell of $what, and of nothing else', async ({ sql, seen }) => {
    const before = await read(copy);
    await change(copy, sql);
    const differences = diffFingerprints(before, await read(copy));
    expect(differences.map((difference) => keyWithoutDatabase(difference, copy)).sort()).toEqual([...seen].sort());
  });

  it('do not know the order of rows', async () => {
    const before = await read(copy);
    await change(
      copy,
      'CREATE TABLE aside LIKE page_views; INSERT INTO aside SELECT * FROM page_views ORDER BY took_ms',
    );
    await change(copy, 'DELETE FROM page_views; INSERT INTO page_views SELECT * FROM aside ORDER BY took_ms DESC');
    await change(copy, 'DROP TABLE aside');
    expect(diffFingerprints(before, await read(copy))).toEqual([]);
  });

  it('forgive a charset that the collation implies', async () => {
    const texts = ['CHARACTER SET latin1 COLLATE latin1_bin', 'COLLATE latin1_bin'].map((charset) =>
      withDatabase(source, 'oracle', async (name, connection) => {
        await connection.query(`CREATE TABLE t (a VARCHAR(5) ${charset} NOT NULL DEFAULT 'it''s')`);
        return (await read(name)).get(`table \`${name}\`.\`t\` definition`);
      }),
    );
    const [explicit, implied] = await Promise.all(texts);
    expect(explicit).toContain('COLLATE latin1_bin');
    expect(explicit).toBe(implied);
  });

  it.runIf(source.product === 'MariaDB')('tell of the next value of a sequence', () =>
    withDatabase(source, 'oracle', async (name, connection) => {
      await connection.query('CREATE SEQUENCE tickets START WITH 100 NOCACHE');
      const before = await read(name);
      await connection.query('DO NEXT VALUE FOR tickets');
      expect(diffFingerprints(before, await read(name))).toEqual([expect.stringContaining('changed: sequence')]);
    }),
  );

  it('are the same for two loads of Sakila', async () => {
    const [left, right] = [uniqueName('sakila'), uniqueName('sakila')];
    try {
      await Promise.all([left, right].map((database) => loadSakila(source, { database })));
      const [first, second] = [await read(left), await read(right)];
      expect(first.get(`table \`${left}\`.\`rental\` rows`)).toMatch(/^16044 rows/);
      expect(diffFingerprints(first, second, { renameDatabase: { from: left, to: right } })).toEqual([]);
    } finally {
      await Promise.all([left, right].map((database) => dropDatabase(source, database)));
    }
  });
});

/** Objects beside the shop's that the changes need; made by one connection, so that settings are the same again. */
const EXTRAS = [
  'CREATE TABLE extra_numbers (n INT NULL)',
  'INSERT INTO extra_numbers VALUES (1), (1), (2)',
  'CREATE TABLE extra_floats (f FLOAT)',
  'INSERT INTO extra_floats VALUES (16777215)',
  `CREATE TABLE extra_wide (${Array.from({ length: 1000 }, (_, n) => `c${n} ${n % 8 === 7 ? 'TEXT' : 'TINYINT'}`).join(', ')})`,
  'INSERT INTO extra_wide (c0, c999) VALUES (1, REPEAT("x", 9000))',
  'CREATE VIEW extra_view AS SELECT n FROM extra_numbers',
  'CREATE FUNCTION extra_function() RETURNS INT NO SQL RETURN 1',
  extraTrigger('extra_first', ''),
  extraTrigger('extra_second', ''),
].join('; ');

function extraTrigger(name: string, place: string): string {
  return `CREATE TRIGGER ${name} BEFORE INSERT ON extra_numbers FOR EACH ROW ${place} SET NEW.n = NEW.n + 1`;
}

/** `changed: table `shop`.`orders` rows …` as `table orders rows`. */
function keyWithoutDatabase(difference: string, database: string): string {
  const [line = ''] = difference.split('\n');
  return line
    .replace(/^\w+: /, '')
    .replace(`\`${database}\`.`, '')
    .replaceAll('`', '');
}
