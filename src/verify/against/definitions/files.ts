/** Files of a dump that hold definitions: what each is of, and the statements in it. */
import { join } from 'node:path';

import { ToolError } from '../../../base/errors.ts';
import { readSchemaStatements } from '../../../format/code.ts';
import { decodedChunks } from '../../../format/codec.ts';
import type { Codec } from '../../../format/codec.ts';
import { parseFileName } from '../../../format/names.ts';
import type { DumpFile } from '../../../format/names.ts';
import type { ProgramCodec } from '../../../format/program-codec.ts';
import { beginStoredHash } from '../../../kernel/stored-hash.ts';
import type { Dumped } from '../dumped.ts';

export interface DefinitionFile {
  /** Views are code. */
  readonly kind: 'database' | 'table' | 'sequence' | 'code';
  readonly name: string;
  readonly codec: Codec;
  /** Of its stored bytes. */
  readonly xxh3: string | undefined;
  /** What its database is called in the dump. */
  readonly database: string;
  /** Of a table: its name. */
  readonly table: string | undefined;
}

const KINDS: ReadonlyMap<DumpFile['kind'], DefinitionFile['kind']> = new Map([
  ['database-schema', 'database'],
  ['table-schema', 'table'],
  ['view-schema', 'code'],
  ['sequence-schema', 'sequence'],
  ['database-triggers', 'code'],
  ['database-code', 'code'],
]);

/** Undefined: they are in a form that only a program reads, which nobody has named. */
export function definitionFiles(dumped: Dumped, program: ProgramCodec | undefined): DefinitionFile[] | undefined {
  const files: DefinitionFile[] = [];
  for (const { file: name, xxh3 } of dumped.files) {
    const meaning = parseFileName(name, program);
    if (meaning.kind === 'unknown') return undefined;
    const kind = KINDS.get(meaning.kind as DumpFile['kind']);
    if (kind === undefined || !('database' in meaning)) continue;
    const database = dumped.databases.get(meaning.database) ?? meaning.database;
    const table = 'table' in meaning ? dumped.encodedTables.get(`${meaning.database}.${meaning.table}`) : undefined;
    // A view has a table in its place, for loaders that want one.
    if (kind === 'table' && table === undefined) continue;
    files.push({ kind, name, codec: meaning.codec, xxh3, database, table });
  }
  return files;
}

/** @throws ToolError DUMP_INCOMPLETE, DUMP_DAMAGED when it is not as it was written, STORAGE. */
export async function readDefinitionFile(directory: string, file: DefinitionFile): Promise<Buffer[]> {
  const path = join(directory, file.name);
  const hash = beginStoredHash();
  const statements: Buffer[] = [];
  let isOpen = true;
  try {
    const text = decodedChunks(path, file.codec, { onRead: (_bytes, read) => hash.add(read) });
    for await (const { bytes } of readSchemaStatements(text, { path })) statements.push(bytes);
    isOpen = false;
    const found = hash.end();
    if (file.xxh3 === undefined || found === file.xxh3) return statements;
  } finally {
    if (isOpen) hash.drop();
  }
  throw new ToolError('DUMP_DAMAGED', `${path} is not as it was written: its bytes do not have the manifest's hash`);
}
