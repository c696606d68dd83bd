/** kill -9 of a load, again and again: each time --resume goes on, and in the end everything is there, once. */

import { describe, expect, test } from 'vitest';

import { RunningProgram, mustRun, withFolder, account } from '../support/cli.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { dropEverywhere, vacate } from '../support/runs.ts';
import { seeded } from '../support/row-driver.ts';
import type { TestServer } from '../support/servers.ts';
import { withStatementProxy } from '../support/statement-proxy.ts';
import type { StatementProxy } from '../support/statement-proxy.ts';

const KILLS = 20;
/** Statements that change something: the course of a load is told by how many different ones have passed. */
const WORK = /^\s*(\/\*!\d+\s*)?(CREATE|ALTER|DROP|INSERT|REPLACE|UPDATE|DELETE|LOAD|TRUNCATE|GRANT)\b/i;

const N = (count: number): string =>
  `WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;

/** Rows that are doubled can be told in all of them: those without a key hold equal rows from the beginning. */
const FILL = (database: string): string => `
  CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4; USE \`${database}\`;
  CREATE TABLE parents (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) NOT NULL, body TEXT, v INT,
    UNIQUE KEY by_name (name), KEY by_v (v, name), FULLTEXT KEY words (body));
  INSERT INTO parents (name, body, v) ${N(900)} SELECT CONCAT('name ', i), CONCAT('some words ', i, ' ', REPEAT('é', i % 40)), i % 17 FROM n;
  CREATE TABLE children (id INT PRIMARY KEY, parent INT, other INT, KEY (parent), KEY (other),
    CONSTRAINT up FOREIGN KEY (parent) REFERENCES parents (id), CONSTRAINT other_up FOREIGN KEY (other) REFERENCES parents (id) ON DELETE CASCADE);
  INSERT INTO children ${N(900)} SELECT i, 1 + i % 900, 1 + i % 7 FROM n;
  CREATE TABLE keyless (a INT, b VARCHAR(60)); INSERT INTO keyless ${N(900)} SELECT i % 10, REPEAT('b', i % 30) FROM n;
  CREATE TABLE keyed_later (a INT, b VARCHAR(60), UNIQUE KEY (a), KEY (b)); INSERT INTO keyed_later ${N(600)} SELECT i, REPEAT('c', i % 30) FROM n;
  CREATE TABLE old (a INT, b VARCHAR(60), KEY (a)) ENGINE = MyISAM; INSERT INTO old ${N(900)} SELECT i % 10, REPEAT('d', i % 30) FROM n;
  CREATE TABLE counted (id INT PRIMARY KEY AUTO_INCREMENT, a INT) ENGINE = MyISAM AUTO_INCREMENT = 7000; INSERT INTO counted (id, a) VALUES (1, 1), (2, 2);
  CREATE TABLE fired (what VARCHAR(20)); INSERT INTO fired VALUES ('before'), ('before');
  CREATE TABLE empty_one (id INT PRIMARY KEY, t TEXT, FULLTEXT KEY (t));
  CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC RETURN 2 * x;
  CREATE PROCEDURE nothing() SELECT 1;
  CREATE VIEW low AS SELECT id, twice(v) AS w FROM parents; CREATE VIEW a_high AS SELECT w, COUNT(*) AS n FROM low GROUP BY w;
  CREATE TRIGGER noted AFTER INSERT ON keyless FOR EACH ROW INSERT INTO fired VALUES ('noted');
  CREATE TRIGGER noted_old AFTER INSERT ON old FOR EACH ROW INSERT INTO fired VALUES ('old');
  CREATE EVENT often ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO DELETE FROM fired`;

const lanes = laneServers().filter(({ lane }) => lane !== 'mariadb-11.8');

describe.each(lanes)('$lane', (lane) => {
  const { source, target } = lane;

  test('a load that is killed at 20 moments, and resumed after each, gives what one load gives', () =>
    withFolder(async (folder) => {
      const database = uniqueName('resumed');
      const seed = Number(process.env['TSDUMP_TEST_SEED'] ?? Date.now() % 1e9);
      try {
        await withConnection(source, (connection) => connection.query(FILL(database)));
        const original = await fingerprint(source.url, { databases: [database] });
        const directory = `${folder}/dump`;
        await mustRun('tsdump', [
          '-d',
          directory,
          ...account(source),
          '-B',
          database,
          '-r',
          '200',
          '-s',
          '3000',
          '-GER',
          '--sync-thread-lock-mode=NO_LOCK',
        ]);
        await vacate(lane, database);
        await withStatementProxy(target, async (proxy) => {
          const load = loadThrough(target, proxy, directory);
          const course = new Set<string>();
          proxy.onStatement = ({ text }) => {
            if (WORK.test(text)) course.add(text);
            return 'pass';
          };
          expect(await load([]).ended).toMatchObject({ code: 0 });
          expect(await differences(target, original, database)).toEqual([]);
          await vacate(lane, database);

          const told = await killedAgainAndAgain(proxy, load, course.size, seeded(seed));
          expect(told.kills, told.text).toBe(KILLS);
          expect(told.text).toContain('has no transactions (MyISAM): it is emptied and loaded anew');
          expect(await differences(target, original, database), `seed ${seed}\n${told.text}`).toEqual([]);
        });
      } catch (error) {
        throw new Error(`TSDUMP_TEST_SEED=${seed}`, { cause: error });
      } finally {
        await dropEverywhere(lane, database);
      }
    }));
});

type Load = (more: readonly string[]) => RunningProgram;

function loadThrough(target: TestServer, { port }: StatementProxy, directory: string): Load {
  const how = ['-t', '3', '-q', '2', '--optimize-keys', '--ssl-mode=DISABLED', '-v', '2'];
  return (more) => new RunningProgram('tsload', ['-d', directory, ...account({ ...target, port }), ...how, ...more]);
}

/**
 * Runs the load to its end and kills it on the way, each time when a further share of its statements has passed: before the
 * server has the statement, when it has, or when it has answered. Every other time the server does not hear that the
 * connections of the rows are gone.
 */
async function killedAgainAndAgain(
  proxy: StatementProxy,
  load: Load,
  statements: number,
  random: (below: number) => number,
): Promise<{ readonly kills: number; readonly text: string }> {
  const course = new Set<string>();
  const killed: string[] = [];
  let said = '';
  let more: string[] = [];
  for (;;) {
    const slice = (statements - 1) / KILLS;
    const at = killed.length < KILLS ? Math.floor(killed.length * slice + random(Math.ceil(slice))) : Infinity;
    let first: number | undefined;
    const isDeaf = random(2) === 0;
    const moment = (['before', 'after', 'answered'] as const)[random(3)];
    const running = load(more);
    proxy.hearsOfEnd = (connection) => !isDeaf || connection === first;
    proxy.onStatement = ({ text, connection, answered }) => {
      first ??= connection;
      if (!WORK.test(text) || course.has(text)) return 'pass';
      course.add(text);
      if (course.size <= at) return 'pass';
      // What came in one piece with it passes too: held back, it would hold this one, which would never be answered.
      let goesWith = moment === 'answered' ? connection : undefined;
      queueMicrotask(() => (goesWith = undefined));
      proxy.onStatement = (next) => (next.connection === goesWith ? 'pass' : 'hold');
      killed.push(`${moment}: ${text.slice(0, 60)}`);
      if (moment === 'before') running.kill('SIGKILL');
      else if (moment === 'after') setImmediate(() => running.kill('SIGKILL'));
      else void answered.then(() => running.kill('SIGKILL'));
      return moment === 'before' ? 'hold' : 'pass';
    };
    const { code, stderr } = await running.ended;
    said += stderr;
    if (code === 0) break;
    // Killed before there was a record of it, or when that was dropped at the end.
    if (stderr.includes('nothing to resume here') && /DROP TABLE.*tsload_pro/.test(killed.at(-1) ?? '')) break;
    if (stderr.includes('nothing to resume here')) more = [];
    else if (code === null) more = ['--resume'];
    else throw new Error(`ended with ${code}:\n${stderr}\n${killed.join('\n')}`);
  }
  return { kills: killed.length, text: `${killed.join('\n')}\n${said}` };
}

async function differences(
  target: TestServer,
  original: Awaited<ReturnType<typeof fingerprint>>,
  database: string,
): Promise<unknown> {
  return diffFingerprints(original, await fingerprint(target.url, { databases: [database] }));
}
