/**
 * Filters: exactly what was asked for goes through, by either command, and what stays out is counted. Two databases with an
 * object of every kind are dumped and restored under one filter after the other.
 */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import type { DumpOptions, LeftOut, TableRule, TableSettings } from '../../src/index.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { LaneServers } from '../support/lanes.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { dropEverywhere, failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

/** Two databases of every kind of object; `sales` of the second is partitioned. */
async function fill(server: TestServer, [shop, crm]: readonly [string, string]): Promise<void> {
  await withConnection(server, async (connection) => {
    const statements = `
      CREATE DATABASE ${shop};
      USE ${shop};
      CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40), mail VARCHAR(80), born SMALLINT);
      INSERT INTO customers VALUES (1, 'Ada', 'ada@example.org', 1815), (2, 'Alan', 'alan@example.org', 1912),
        (3, 'Grace', 'grace@example.org', 1906), (4, 'Edsger', NULL, 1930);
      CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer INT,
        FOREIGN KEY (customer) REFERENCES customers (id));
      INSERT INTO orders (customer) VALUES (1), (1), (2), (3), (3), (3);
      CREATE TABLE orders_log (id INT PRIMARY KEY, note VARCHAR(40)) ENGINE = MyISAM;
      INSERT INTO orders_log VALUES (1, 'one');
      CREATE VIEW best_customers AS SELECT customer, COUNT(*) AS orders FROM orders GROUP BY customer;
      CREATE TRIGGER orders_rise BEFORE INSERT ON orders FOR EACH ROW SET NEW.customer = COALESCE(NEW.customer, 1);
      CREATE TRIGGER log_note BEFORE INSERT ON orders_log FOR EACH ROW SET NEW.note = UPPER(NEW.note);
      CREATE PROCEDURE close_day() UPDATE orders SET customer = customer;
      CREATE FUNCTION order_count() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM orders);
      CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM orders_log;
      CREATE DATABASE ${crm};
      USE ${crm};
      CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40));
      INSERT INTO people VALUES (1, 'Barbara'), (2, 'Kurt');
      CREATE TABLE sales (id INT PRIMARY KEY, amount INT) PARTITION BY RANGE (id)
        (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (20), PARTITION p10 VALUES LESS THAN (30));
      INSERT INTO sales VALUES (1, 1), (2, 2), (11, 11), (12, 12), (13, 13), (21, 21);
      CREATE PROCEDURE greet() SELECT 'hello'`;
    // One by one: sent all at once, MySQL keeps the semicolon behind a body as part of it.
    for (const statement of statements.split(';\n')) await connection.query(statement);
  });
}

interface Case {
  readonly what: string;
  readonly filter: (names: { shop: string; crm: string }) => Partial<DumpOptions>;
  /** The keys of the fingerprint that are to be there afterwards, as "shop:customers" and so on. */
  readonly stays: readonly string[];
  readonly leftOut: LeftOut;
}

const SHOP_CODE = ['close_day', 'order_count', 'nightly'];
const ALL_OF_SHOP = ['customers', 'orders', 'orders_log', 'best_customers', 'orders_rise', 'log_note', ...SHOP_CODE];
const inShop = (...names: readonly string[]): string[] => ['shop', ...names.map((name) => `shop:${name}`)];
const ALL_OF_CRM = ['crm', 'crm:people', 'crm:sales', 'crm:greet'];

const CASES: readonly Case[] = [
  {
    what: 'a list of tables, with their triggers and the code of their database',
    filter: ({ shop }) => ({ tables: [`${shop}.orders`, `${shop}.C%`, `${shop}.best_customers`] }),
    stays: inShop('customers', 'orders', 'best_customers', 'orders_rise', ...SHOP_CODE),
    leftOut: { table: 1 },
  },
  {
    what: 'a pattern with negative look-ahead',
    filter: ({ shop, crm }) => ({
      regex: [String.raw`^(?!(${crm.toUpperCase()}\.|${shop}\.(.*_log|log_.*|nightly)$))`],
    }),
    stays: inShop(...ALL_OF_SHOP.filter((name) => !/log|nightly/.test(name))),
    leftOut: { table: 3, event: 1, routine: 1, database: 1 },
  },
  {
    what: 'either of two patterns',
    filter: ({ shop, crm }) => ({ regex: [String.raw`^${shop}\.customers$`, String.raw`^${crm}\.`] }),
    stays: [...inShop('customers'), ...ALL_OF_CRM],
    leftOut: { table: 2, view: 1, routine: 2, event: 1 },
  },
  {
    what: 'all but what a file names',
    filter: ({ shop, crm }) => ({ omit: [`${shop}.orders_log`, `${shop}.order_count`, crm] }),
    stays: inShop(...ALL_OF_SHOP.filter((name) => !/log|order_count/.test(name))),
    leftOut: { table: 1, routine: 1, database: 1 },
  },
];

describe.each(laneServers())('filters on $lane', (lane) => {
  const { source, target } = lane;
  const names = { shop: uniqueName('shop'), crm: uniqueName('crm') };
  const databases = [names.shop, names.crm];
  let original: Fingerprint;

  beforeEach(async () => {
    const existing = await column(source, 'SHOW DATABASES');
    if (databases.every((name) => existing.includes(name))) return; // else it is the first test, or source and target are one
    for (const database of databases) await dropEverywhere(lane, database);
    await fill(source, [names.shop, names.crm]);
    original = await fingerprint(source.url, { databases });
  });
  afterAll(async () => {
    for (const database of databases) await dropEverywhere(lane, database);
  });

  test.each(CASES)('$what', async ({ filter, stays, leftOut }) => {
    const options = filter(names);
    await withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases, ...options });
      expect(summary.leftOut).toEqual(leftOut);
      await makeRoom(lane, names);
      await runLoad(target, { directory });
      expectOnly(original, await whatIs(target, names), names, stays);
    });
  });

  test('chosen from a whole dump by tsload they give the same', async () => {
    await withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases });
      expect(summary.leftOut).toEqual({});
      for (const { what, filter, stays, leftOut } of CASES) {
        await makeRoom(lane, names);
        const loaded = await runLoad(target, { directory, ...filter(names) });
        expectOnly(original, await whatIs(target, names), names, stays);
        expect(loaded.summary.leftOut, what).toEqual(leftOut);
      }
    });
  });

  test('tsload leaves out parts of tables and steps, and keeps what it does not create', async () => {
    const { shop, crm } = names;
    await withDirectory(async (directory) => {
      await runDump(source, { directory, databases });
      await makeRoom(lane, names);
      const parts = { schema: true, data: true, triggers: true };
      const tableRules = [
        rule(shop, 'orders', { imported: { ...parts, data: false, triggers: false } }),
        rule(crm, 'people', { imported: { ...parts, schema: false, data: false, triggers: false } }),
      ];
      const first = await runLoad(target, { directory, tableRules, without: new Set(['foreign keys', 'routines']) });
      expect(first.summary.leftOut).toEqual({ table: 1, rows: 1, trigger: 1 });
      expect(await column(target, `SELECT COUNT(*) FROM ${shop}.orders`)).toEqual(['0']);
      expect(await column(target, `SHOW TABLES FROM ${crm}`)).toEqual(['sales']);
      expect(await column(target, `SHOW TRIGGERS FROM ${shop}`)).toEqual(['log_note']);
      expect((await column(target, `SHOW CREATE TABLE ${shop}.orders`, 1)).join()).not.toMatch(/FOREIGN KEY/);
      expect(await column(target, codeIn(shop))).toEqual([]);

      // Rows alone, into the table as it has become; its trigger stays as it is, and what is not named is left alone.
      await column(target, `ALTER TABLE ${shop}.orders ADD note INT INVISIBLE`);
      const second = await runLoad(target, {
        directory,
        dropTable: 'DROP',
        tables: [`${shop}.orders`],
        tableRules: [rule(shop, 'orders', { imported: { ...parts, schema: false } })],
        without: new Set(['triggers', 'routines']),
      });
      expect(second.summary).toMatchObject({ tables: 1, rows: 6 });
      expect((await column(target, `SHOW CREATE TABLE ${shop}.orders`, 1)).join()).toMatch(/note/);
      expect(await column(target, `SHOW TRIGGERS FROM ${shop}`)).toEqual(['log_note']);

      const third = await failureOf(runLoad(target, { directory, regex: ['customers', 'custmers'] }));
      expect(third).toMatchObject({ code: 'USAGE', message: '--regex matches nothing with: custmers' });
    });
  });

  test('engines', () =>
    withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases, ignoreEngines: ['myisam', 'tokudb'] });
      expect(summary).toMatchObject({ tables: 4, views: 1, leftOut: { table: 1 }, warnings: [] });
    }));

  test('conditions, limits, columns, partitions and parts of single tables', async () => {
    const { shop, crm } = names;
    const rules = [
      rule(shop, '', { where: 'id <> 2' }),
      rule(shop, 'orders', { where: 'customer = 3 OR id = 1', limit: 3 }),
      rule('', 'customers', {
        columnsOnSelect: ['id', '`name`', 'mail', '2000'],
        columnsOnInsert: ['id', 'name', 'mail', 'born'],
        replacements: new Map([['mail', "CONCAT(id, '@hidden')"]]),
      }),
      rule(shop, 'orders_log', { exported: { schema: true, data: false, triggers: false } }),
      rule(crm, 'sales', { partitionRegex: '^p1' }),
      rule(crm, 'people', { exported: { schema: false, data: false, triggers: false } }),
    ];
    await withDirectory(async (directory) => {
      const { summary } = await runDump(source, {
        directory,
        databases,
        tableRules: rules,
        where: 'id < 30 OR id > 100',
        rowsPerChunk: 1,
      });
      expect(summary).toMatchObject({ tables: 4, rows: 9, warnings: [] });
      expect(summary.leftOut).toEqual({ table: 1, rows: 1, trigger: 1 });
      await makeRoom(lane, names);
      const loaded = await runLoad(target, { directory });
      expect(loaded.summary.rows).toBe(9);
      expect(
        await column(target, `SELECT CONCAT_WS('/', id, name, mail, born) FROM ${shop}.customers ORDER BY id`),
      ).toEqual(['1/Ada/1@hidden/2000', '3/Grace/3@hidden/2000', '4/Edsger/4@hidden/2000']);
      expect(
        await column(target, `SELECT COUNT(*), SUM(customer = 3 OR id = 1) = COUNT(*) FROM ${shop}.orders`),
      ).toEqual(['3']);
      expect(await column(target, `SELECT id FROM ${crm}.sales ORDER BY id`)).toEqual(['1', '2', '21']);
      expect(await column(target, `SELECT COUNT(*) FROM ${shop}.orders_log`)).toEqual(['0']);
      expect(await column(target, `SHOW TABLES FROM ${crm}`)).toEqual(['sales']);
      expect(await column(target, `SHOW TRIGGERS FROM ${shop}`)).toEqual(['orders_rise']);
    });
  });

  test('tables that have not changed for a day come without their rows, and are named in a file', async () => {
    const { shop } = names;
    const changed = await column(
      source,
      `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${shop}' AND UPDATE_TIME IS NOT NULL`,
    );
    expect(changed).toContain('orders_log');
    await withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases: [shop], updatedSinceDays: 1 });
      expect(summary).toMatchObject({ tables: 3, rows: 11, leftOut: {} });
      expect(await readFile(join(directory, 'not_updated_tables'), 'utf8')).toBe('');
      // As if it had been a day: nobody can turn the server's clock. The manifest would not have it.
      await rm(join(directory, 'tsdump-manifest.jsonl'));
      await writeFile(join(directory, 'not_updated_tables'), `${shop}.orders\n${shop}.gone\n`);
      await makeRoom(lane, names);
      await runLoad(target, { directory });
      await column(target, `DELETE FROM ${shop}.orders WHERE id > 1`);
      const again = await runLoad(target, { directory, dropTable: 'DROP' });
      expect(again.summary.rows).toBe(5);
      expect(await column(target, `SELECT COUNT(*) FROM ${shop}.orders`)).toEqual(['1']);
    });
  });

  test.each<[string, Partial<DumpOptions>, RegExp]>([
    ['a table that is not there', { tables: ['shop.ordesr'] }, /--tables-list matches nothing with: .*ordesr/],
    ['a pattern that finds nothing', { regex: ['customers', 'custmers'] }, /--regex matches nothing with: custmers/],
    ['a condition the server cannot read', { where: 'id >' }, /`customers` where id >: .*syntax/],
    ['a column that is not there', { where: 'nonsense = 1' }, /nonsense/],
    [
      'more columns read than written',
      { tableRules: [rule('', 'orders', { columnsOnInsert: ['id'] })] },
      /`orders`: 2 columns are read \(columns_on_select\), 1 are named/,
    ],
  ])('%s is a usage error before the first row', async (_, options, message) => {
    const { shop } = names;
    const tables = options.tables?.map((entry) => entry.replace('shop', shop)) ?? [];
    await withDirectory(async (directory) => {
      const error = await failureOf(runDump(source, { directory, databases: [shop], ...options, tables }));
      expect(error.code).toBe('USAGE');
      expect(`${error.message}: ${String((error.cause as Error | undefined)?.message)}`).toMatch(message);
    });
  });
});

function rule(database: string, table: string, settings: TableSettings): TableRule {
  return { database, table, settings, origin: `[${database}.${table}]` };
}

interface Names {
  readonly shop: string;
  readonly crm: string;
}

async function makeRoom(lane: LaneServers, { shop, crm }: Names): Promise<void> {
  for (const database of [shop, crm]) await vacate(lane, database);
}

async function whatIs(server: TestServer, { shop, crm }: Names): Promise<Fingerprint> {
  const existing = await column(server, 'SHOW DATABASES');
  return fingerprint(server.url, { databases: [shop, crm].filter((name) => existing.includes(name)) });
}

/** Nothing else than what stays, and that as it was. */
function expectOnly(
  original: Fingerprint,
  restored: Fingerprint,
  { shop, crm }: Names,
  stays: readonly string[],
): void {
  const wanted = [...original].filter(([key]) => {
    const [, database = '', name] = /`([^`]*)`(?:\.`([^`]*)`)?/.exec(key) ?? [];
    const label = database === shop ? 'shop' : database === crm ? 'crm' : '?';
    return stays.includes(name === undefined ? label : `${label}:${name}`);
  });
  expect(diffFingerprints(new Map(wanted), restored)).toEqual([]);
  expect(wanted.length).toBeGreaterThan(1);
}

const codeIn = (database: string): string =>
  `SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${database}'
   UNION SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '${database}'`;

async function column(server: TestServer, sql: string, index = 0): Promise<string[]> {
  return withConnection(server, async (connection) => {
    const [rows] = await connection.query({ sql, rowsAsArray: true });
    return Array.isArray(rows) ? (rows as unknown[][]).map((row) => String(row[index])) : [];
  });
}
