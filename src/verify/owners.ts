/** Owners: what each file of a dump is of, by its name and the real names that the dump tells. */
import { join } from 'node:path';

import { readSchemaStatements } from '../format/code.ts';
import { decodedChunks } from '../format/codec.ts';
import type { DumpListing } from '../format/directory.ts';
import { databaseNameIn, fileName, parseFileName } from '../format/names.ts';
import type { ProgramCodec } from '../format/program-codec.ts';
import type { Owner } from '../schema/belongs/belongs.ts';

export interface RealNames {
  /** By encoded names. */
  readonly databases: ReadonlyMap<string, string>;
  /** Of tables, views and sequences; by "database.table", both encoded. */
  readonly tables: ReadonlyMap<string, string>;
}

/** Undefined: it is of nothing that is created or filled, or of a table of which nobody says how it is called. */
export function ownerOf(
  name: string,
  { files }: DumpListing,
  { databases, tables }: RealNames,
  program: ProgramCodec | undefined,
): Owner | undefined {
  const meaning = parseFileName(name, program);
  if (meaning.kind === 'accounts') return { holds: 'accounts', database: '' };
  if (!('database' in meaning)) return undefined;
  const database = databases.get(meaning.database) ?? meaning.database;
  if (meaning.kind === 'database-schema') return { holds: 'database', database };
  if (meaning.kind === 'database-code') return { holds: 'code', database };
  if (meaning.kind === 'database-triggers' || meaning.kind === 'table-triggers') return { holds: 'triggers', database };
  if (!('table' in meaning)) return undefined;
  const known = tables.get(`${meaning.database}.${meaning.table}`);
  if (known === undefined && isNumbered(meaning.table)) return undefined;
  const holds = HOLDS[meaning.kind];
  // In place of a view stands a table, for loaders that want one; tsload reads it not.
  if (
    holds === 'table' &&
    files.has(fileName({ kind: 'view-schema', database: meaning.database, table: meaning.table, codec: meaning.codec }))
  )
    return undefined;
  return { holds, database, name: known ?? meaning.table };
}

const HOLDS = { 'table-schema': 'table', 'view-schema': 'view', 'sequence-schema': 'sequence', data: 'rows' } as const;

/** A name that could not stand in a file name has a number there. */
export const isNumbered = (encoded: string): boolean => /^mydumper_\d+$/.test(encoded);

/** Of databases with a number where their names would stand, as CREATE DATABASE has them. */
export async function numberedDatabases(
  { directory, files }: DumpListing,
  program: ProgramCodec | undefined,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const name of files.keys()) {
    const meaning = parseFileName(name, program);
    if (meaning.kind !== 'database-schema' || !isNumbered(meaning.database)) continue;
    const path = join(directory, name);
    for await (const { bytes } of readSchemaStatements(decodedChunks(path, meaning.codec), { path })) {
      const real = databaseNameIn(bytes.toString('utf8'));
      if (real !== undefined) names.set(meaning.database, real);
    }
  }
  return names;
}
