/** The catalogue is asked a fixed number of times, however many tables there are; a table costs two statements. */

import type { Connection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';

import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

const FEW = 10;
const MANY = 300;

describe.each(laneServers())('$lane', ({ source }) => {
  test(`${MANY} tables need as many catalogue queries as ${FEW}, and two statements more each`, () =>
    withGeneralLog(source, async (log) => {
      const few = await statementsFor(source, log, FEW);
      const many = await statementsFor(source, log, MANY);
      expect(few.catalogue).toBeGreaterThan(3);
      expect(many.catalogue).toBe(few.catalogue);
      expect(many.all - few.all).toBe(2 * (MANY - FEW));
    }));
});

interface Statements {
  readonly catalogue: number;
  /** All that name the database. */
  readonly all: number;
}

async function statementsFor(server: TestServer, log: Connection, tables: number): Promise<Statements> {
  return withDatabase(server, 'catalogue', async (database, connection) => {
    const names = Array.from({ length: tables }, (_, number) => `t${number}`);
    await connection.query('SET SESSION sql_log_off = 1');
    for (const name of names) {
      await connection.query(`CREATE TABLE ${name} (id INT PRIMARY KEY, other INT NULL, UNIQUE KEY (other));
        INSERT INTO ${name} VALUES (1, 2)`);
    }
    await withDirectory((directory) => runDump(server, { directory, databases: [database] }));
    const [rows] = await log.query(
      `SELECT COUNT(*) AS n, CAST(SUM(argument LIKE '%information\\_schema%') AS SIGNED) AS catalogue
         FROM mysql.general_log WHERE command_type = 'Query' AND argument REGEXP '[\`'']${database}[\`'']'
          AND argument NOT REGEXP '^(CREATE DATABASE|DROP DATABASE|SET lock)'`,
    );
    const { n = -1, catalogue = -1 } = (rows as Record<string, number>[])[0] ?? {};
    return { catalogue, all: n };
  });
}

/** Writes all statements of all connections down, and lends a connection that leaves no trace itself. */
async function withGeneralLog(server: TestServer, use: (log: Connection) => Promise<void>): Promise<void> {
  await withConnection(server, async (log) => {
    await log.query('SET SESSION sql_log_off = 1');
    const [rows] = await log.query('SELECT @@GLOBAL.log_output AS output, @@GLOBAL.general_log AS isOn');
    const { output, isOn } = (rows as { output: string; isOn: number }[])[0] ?? { output: 'FILE', isOn: 0 };
    await log.query("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1");
    try {
      await use(log);
    } finally {
      await log.query('SET GLOBAL general_log = ?; SET GLOBAL log_output = ?', [isOn, output]);
    }
  });
}
