/** Runs a corpus: every piece in a database of its own, all of them through one dump and one load. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { DumpOptions, LoadOptions } from '../../../src/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { diffFingerprints, fingerprint } from '../fingerprint.ts';
import type { LaneServers } from '../lanes.ts';
import { laneServers, uniqueName, withConnection } from '../lanes.ts';
import { differencesOf, dropEverywhere, runDump, runLoad, vacate, withDirectory } from '../runs.ts';
import type { Piece } from './piece.ts';
import { piecesFor } from './piece.ts';

/** The databases of each piece: its own, and the other one if it has one. */
type Databases = ReadonlyMap<Piece, readonly string[]>;

interface Carried {
  readonly original: ReadonlyMap<Piece, Fingerprint>;
  readonly restored: ReadonlyMap<Piece, Fingerprint>;
  readonly warnings: readonly string[];
  readonly skipped: readonly string[];
  /** What the comparison of the target with the dump tells. */
  readonly differences: readonly string[];
}

/** Of tables that no snapshot covers, though the sources of these tests are at rest; of rows that have no parent there. */
const EXPECTED = /^not transactional|^rows without the row/;

/**
 * Promises, on every lane, that each piece comes back equal, that the runs name what they cannot carry and nothing else,
 * and that they have nothing to warn of.
 */
export function promiseCarried(
  pieces: readonly Piece[],
  options: Partial<DumpOptions> = {},
  loadOptions: Partial<LoadOptions> = {},
): void {
  describe.each(laneServers())('$lane', (lane) => {
    const here = piecesFor(pieces, lane.source);
    const databases = new Map(here.map((piece) => [piece, databasesOf(piece)]));
    let carried: Carried | undefined;

    beforeAll(async () => {
      carried = await carry(lane, databases, options, loadOptions);
    });
    afterAll(async () => {
      for (const database of [...databases.values()].flat()) await dropEverywhere(lane, database);
    });

    test.each(here)('$what', (piece) => {
      const empty: Fingerprint = new Map();
      expect(diffFingerprints(carried?.original.get(piece) ?? empty, carried?.restored.get(piece) ?? empty)).toEqual(
        [],
      );
      expect(carried?.original.get(piece)?.size).toBeGreaterThan(1);
    });

    test('without a warning, and what cannot be carried is named', () => {
      expect(carried?.warnings.filter((warning) => !EXPECTED.test(warning))).toEqual([]);
      const named = here.flatMap((piece) => (piece.skipped ?? []).map((what) => inPlace(what, databases.get(piece))));
      expect([...(carried?.skipped ?? [])].sort()).toEqual(named.sort());
    });

    test('and the target is told to be as the dump', () => {
      expect(carried?.differences).toEqual([]);
    });
  });
}

function databasesOf({ sql }: Piece): string[] {
  const name = uniqueName('corpus');
  return sql.includes('{other}') ? [name, `${name}_other`] : [name];
}

function inPlace(text: string, [own = '', other = '']: readonly string[] = []): string {
  return text.replaceAll('{db}', () => own).replaceAll('{other}', () => other);
}

async function carry(
  lane: LaneServers,
  databases: Databases,
  options: Partial<DumpOptions>,
  loadOptions: Partial<LoadOptions>,
): Promise<Carried> {
  const { source, target } = lane;
  const all = [...databases.values()].flat();
  for (const [piece, names] of databases) await fill(lane, piece, names);
  const original = await fingerprints(source.url, databases);
  const { summaries, differences } = await withDirectory(async (directory) => {
    const dumped = await runDump(source, { ...options, directory, databases: all });
    for (const database of all) await vacate(lane, database);
    const loaded = await runLoad(target, { ...loadOptions, directory });
    const told = await differencesOf(target, { directory, definer: loadOptions.definer });
    return { summaries: [dumped.summary, loaded.summary], differences: told };
  });
  return {
    original,
    restored: await fingerprints(target.url, databases),
    warnings: summaries.flatMap(({ warnings }) => warnings),
    skipped: summaries.flatMap(({ skipped }) => skipped.map(({ what }) => what)),
    differences,
  };
}

async function fill({ source }: LaneServers, { what, sql }: Piece, names: readonly string[]): Promise<void> {
  await withConnection(
    source,
    async (connection) => {
      try {
        for (const name of names) await connection.query(`CREATE DATABASE \`${name}\``);
        await connection.query(`USE \`${names[0]}\`; SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; ${inPlace(sql, names)}`);
      } catch (error) {
        throw new Error(`cannot fill "${what}"`, { cause: error });
      }
    },
    { flags: ['-IGNORE_SPACE'] },
  );
}

async function fingerprints(url: string, databases: Databases): Promise<ReadonlyMap<Piece, Fingerprint>> {
  const found = new Map<Piece, Fingerprint>();
  for (const [piece, names] of databases) found.set(piece, await fingerprint(url, { databases: names }));
  return found;
}
