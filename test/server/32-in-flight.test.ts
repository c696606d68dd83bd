/** Several statements in flight on one session: what each came to, whatever the connection is. */

import { describe, expect, test } from 'vitest';

import { ConnectionLost, ServerError } from '../../src/mysql/packets.ts';
import type { Outcome } from '../../src/mysql/session.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { noise, one, optionsOf, withSession } from '../support/sessions.ts';

const COUNT = 200;

describe.each(laneServers())('$lane', ({ source }) => {
  const tls = { rejectUnauthorized: false, verifyIdentity: false, isOptional: true };
  const connections = [
    ['plain', {}],
    ['TLS', { tls }],
    ['compressed', { compress: true }],
    ['compressed over TLS', { compress: true, tls }],
  ] as const;

  test.each(connections)('statements have their own outcomes, in order: %s', (_, options) =>
    withDatabase(source, 'flight', async (database) => {
      await withSession({ ...optionsOf(source), ...options }, async (session) => {
        await session.execute(`USE ${database}`);
        await session.execute("SET sql_mode = ''");
        await session.execute('CREATE TABLE t (id INT PRIMARY KEY, n TINYINT, b LONGTEXT)');
        const statements = Array.from({ length: COUNT }, (__, n) => insertOf(n));
        const outcomes = await session.executeEach(statements);
        expect(outcomes.map(described)).toEqual(statements.map((___, n) => expectedOf(n)));
        expect(await one(session, 'SELECT COUNT(*) FROM t')).toBe(String(2 * (COUNT - COUNT / 10)));
        expect(await session.executeEach([])).toEqual([]);
      });
    }),
  );

  test('when the connection is lost no outcome is known', () =>
    withSession(optionsOf(source), async (session) => {
      const statements = session.executeEach(['DO 1', 'DO SLEEP(100)', 'DO 1']);
      const lost = expect(statements).rejects.toBeInstanceOf(ConnectionLost);
      await withConnection(source, (connection) => connection.query(`KILL ${session.connectionId}`));
      await lost;
      expect(session.isUsable).toBe(false);
    }));
});

/** Every tenth is refused, every seventh warned of; one is longer than all that may be in flight. */
function insertOf(n: number): Buffer {
  const text = n === 57 ? noise(1024 * 1024).toString() : noise(10_000).toString();
  if (n % 10 === 3) return Buffer.from(`INSERT INTO missing_${n} VALUES ('${text}')`);
  return Buffer.from(`INSERT INTO t VALUES (${n}, ${n % 7 === 0 ? 300 : 1}, '${text}'), (${n + COUNT}, 1, 'x')`);
}

function expectedOf(n: number): string {
  return n % 10 === 3 ? `1146 missing_${n}` : `2 rows, ${n % 7 === 0 ? 1 : 0} warnings`;
}

function described(outcome: Outcome): string {
  if (outcome instanceof ServerError) return `${outcome.errno} ${/missing_\d+/.exec(outcome.message)?.[0]}`;
  return `${outcome.affectedRows} rows, ${outcome.warnings} warnings`;
}
