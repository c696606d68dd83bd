/** Runs a corpus: every piece in a database of its own, all of them through one dump and one load. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Fingerprint } from '../fingerprint.ts';
import { diffFingerprints, fingerprint } from '../fingerprint.ts';
import type { LaneServers } from '../lanes.ts';
import { laneServers, uniqueName, withConnection } from '../lanes.ts';
import { dropEverywhere, runDump, runLoad, vacate, withDirectory } from '../runs.ts';
import type { Piece } from './piece.ts';
import { piecesFor } from './piece.ts';

interface Carried {
  readonly databases: ReadonlyMap<Piece, string>;
  readonly original: ReadonlyMap<Piece, Fingerprint>;
  readonly restored: ReadonlyMap<Piece, Fingerprint>;
  readonly warnings: readonly string[];
}

/** Promises, on every lane, that each piece comes back equal, and that neither run has anything to warn of. */
export function promiseCarried(pieces: readonly Piece[]): void {
  describe.each(laneServers())('$lane', (lane) => {
    const here = piecesFor(pieces, lane.source);
    const databases = new Map(here.map((piece) => [piece, uniqueName('corpus')]));
    let carried: Carried | undefined;

    beforeAll(async () => {
      carried = await carry(lane, databases);
    });
    afterAll(async () => {
      for (const database of databases.values()) await dropEverywhere(lane, database);
    });

    test.each(here)('$what', (piece) => {
      const empty: Fingerprint = new Map();
      expect(diffFingerprints(carried?.original.get(piece) ?? empty, carried?.restored.get(piece) ?? empty)).toEqual(
        [],
      );
      expect(carried?.original.get(piece)?.size).toBeGreaterThan(1);
    });

    test('without a warning', () => {
      expect(carried?.warnings).toEqual([]);
    });
  });
}

async function carry(lane: LaneServers, databases: ReadonlyMap<Piece, string>): Promise<Carried> {
  const { source, target } = lane;
  for (const [piece, database] of databases) await fill(lane, piece, database);
  const original = await fingerprints(source.url, databases);
  const warnings = await withDirectory(async (directory) => {
    const dumped = await runDump(source, { directory, databases: [...databases.values()] });
    for (const database of databases.values()) await vacate(lane, database);
    const loaded = await runLoad(target, { directory });
    return [...dumped.summary.warnings, ...loaded.summary.warnings];
  });
  return { databases, original, restored: await fingerprints(target.url, databases), warnings };
}

async function fill({ source }: LaneServers, { what, sql }: Piece, database: string): Promise<void> {
  await withConnection(source, async (connection) => {
    try {
      await connection.query(
        `CREATE DATABASE \`${database}\`; USE \`${database}\`; SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; ${sql}`,
      );
    } catch (error) {
      throw new Error(`cannot fill "${what}"`, { cause: error });
    }
  });
}

async function fingerprints(
  url: string,
  databases: ReadonlyMap<Piece, string>,
): Promise<ReadonlyMap<Piece, Fingerprint>> {
  const found = new Map<Piece, Fingerprint>();
  for (const [piece, database] of databases) found.set(piece, await fingerprint(url, { databases: [database] }));
  return found;
}
