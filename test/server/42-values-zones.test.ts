/** TIMESTAMPs are points in time: they are the same on a server in another zone, also in the hour that occurs twice. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';

const seconds = (moment: string): number => Date.parse(moment) / 1000;

/** A zone as Europe's centre has it, for 2024 alone: clocks go back from 3:00 to 2:00 on 27 October. */
const ZONE = `USE mysql; INSERT INTO time_zone (Time_zone_id, Use_leap_seconds) VALUES (77, 'N');
  INSERT INTO time_zone_name VALUES ('Test/Autumn', 77);
  INSERT INTO time_zone_transition_type VALUES (77, 0, 7200, 1, 'SUM'), (77, 1, 3600, 0, 'WIN');
  INSERT INTO time_zone_transition VALUES (77, ${seconds('2024-03-31T01:00:00Z')}, 0), (77, ${seconds('2024-10-27T01:00:00Z')}, 1);
  FLUSH TABLES; SET GLOBAL time_zone = 'Test/Autumn'`;

const MOMENTS = [
  '00:00:00',
  '00:29:59.999',
  '00:30:00',
  '00:59:59.999',
  '01:00:00',
  '01:29:59.999',
  '01:30:00',
  '02:00:00',
];

describe.each(laneServers())('$lane', ({ lane, target }) => {
  // A server of its own: the default zone is global.
  test('carries TIMESTAMPs of a server whose clocks go back, to one in another zone', async () => {
    const server = await startServer(lane, { bufferPoolBytes: 64 * 1024 * 1024 });
    try {
      await withConnection(server, (connection) => connection.query(ZONE));
      await withDatabase(server, 'zones', async (database, connection) => {
        await connection.query(`CREATE TABLE moments (t TIMESTAMP(3) NOT NULL PRIMARY KEY, local VARCHAR(40), d DATETIME(3) NOT NULL,
            u TIMESTAMP NOT NULL DEFAULT '2024-10-27 12:00:00', n TIMESTAMP NULL DEFAULT NULL);
          CREATE TABLE parts (t TIMESTAMP NOT NULL, v INT) PARTITION BY RANGE (UNIX_TIMESTAMP(t))
            (PARTITION summer VALUES LESS THAN (${seconds('2024-10-27T01:00:00Z')}), PARTITION winter VALUES LESS THAN MAXVALUE);
          SET time_zone = '+00:00';
          INSERT INTO moments (t, d) VALUES ${MOMENTS.map((time) => `('2024-10-27 ${time}', '2024-10-27 ${time}')`).join(', ')};
          INSERT INTO parts SELECT t, 1 FROM moments;
          SET time_zone = 'Test/Autumn'; UPDATE moments SET local = CAST(t AS CHAR)`);
        const [rows] = await connection.query({
          sql: "SELECT COUNT(*) FROM moments WHERE local LIKE '2024-10-27 02:30:00%'",
          rowsAsArray: true,
        });
        expect(Number((rows as unknown as string[][])[0]?.[0])).toBe(2); // the zone is at work: half past two came twice
        const original = await fingerprint(server.url, { databases: [database] });
        await withDirectory(async (directory) => {
          await runDump(server, { directory, databases: [database] });
          await runLoad(target, { directory });
        });
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
        await dropDatabase(target, database);
      });
    } finally {
      await server.stop();
    }
  });
});
