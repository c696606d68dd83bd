/**
 * Drafts: the files of a dump by the objects they belong to.
 *
 * In: files with what their names say, and where each database of the dump goes. Out: an object for each table, view and
 * sequence, with the entry that `metadata` has for it; the files of databases and code. Nothing is chosen yet but databases.
 */
import { ToolError } from '../../base/errors.ts';
import type { Metadata, TableEntry } from '../../format/metadata-reader.ts';
import type { CodeFile, DumpDatabase, DumpFile } from '../contents.ts';
import type { FoundFile } from './pair-rows.ts';

/** What becomes of a database, by its encoded name. */
export interface Placement {
  isWanted(encoded: string): boolean;
  /** What it is called in the dump. */
  sourceOf(encoded: string): string;
  /** What it is called in the target. */
  targetOf(encoded: string): string;
}

export type TableKind = 'table' | 'view' | 'sequence';

export interface Draft {
  readonly kind: TableKind;
  readonly database: string;
  /** What the database is called in the dump. */
  readonly source: string;
  readonly name: string;
  readonly entry: TableEntry | undefined;
  readonly files: ObjectFiles;
}

export interface Drafts {
  /** By their names in the dump. */
  readonly databases: ReadonlyMap<string, DumpDatabase>;
  readonly objects: readonly Draft[];
  readonly triggerFiles: readonly CodeFile[];
  readonly codeFiles: readonly CodeFile[];
}

interface ObjectFiles {
  readonly encodedDatabase: string;
  readonly encodedName: string;
  schema?: DumpFile;
  view?: DumpFile;
  sequence?: DumpFile;
  readonly data: DataFile[];
}

interface DataFile {
  readonly part: number;
  readonly subPart: number;
  readonly file: DumpFile;
}

/** @throws ToolError DUMP_DAMAGED when an encoded name is not explained. */
export function draftObjects(files: readonly FoundFile[], metadata: Metadata, placement: Placement): Drafts {
  const databases = new Map<string, DumpDatabase>();
  const objects = new Map<string, ObjectFiles>();
  const triggerFiles: CodeFile[] = [];
  const codeFiles: CodeFile[] = [];
  const filesOf = (database: string, table: string): ObjectFiles => {
    const key = `${database}.${table}`;
    const known = objects.get(key) ?? { encodedDatabase: database, encodedName: table, data: [] };
    objects.set(key, known);
    return known;
  };

  for (const { meaning, file } of files) {
    if (!placement.isWanted(meaning.database)) continue;
    const database = placement.targetOf(meaning.database);
    const source = placement.sourceOf(meaning.database);
    if (!databases.has(source)) databases.set(source, { name: database, schemaFile: undefined });
    switch (meaning.kind) {
      case 'database-schema':
        databases.set(source, { name: database, schemaFile: file });
        break;
      case 'database-triggers':
      case 'table-triggers':
        triggerFiles.push({ database, source, file });
        break;
      case 'database-code':
        codeFiles.push({ database, source, file });
        break;
      case 'table-schema':
        filesOf(meaning.database, meaning.table).schema = file;
        break;
      case 'view-schema':
        filesOf(meaning.database, meaning.table).view = file;
        break;
      case 'sequence-schema':
        filesOf(meaning.database, meaning.table).sequence = file;
        break;
      case 'data':
        filesOf(meaning.database, meaning.table).data.push({ part: meaning.part, subPart: meaning.subPart, file });
        break;
    }
  }
  const entries = new Map(metadata.tables.map((entry) => [`${entry.database}.${entry.table}`, entry]));
  // A table of which there is an entry with rows but no file at all must not be passed over in silence.
  for (const { database, table, rows = 0 } of metadata.tables) {
    if (placement.isWanted(database) && rows > 0) filesOf(database, table);
  }
  const drafts = [...objects].map(([key, found]) => draftOf(found, entries.get(key), placement));
  return { databases, objects: drafts, triggerFiles, codeFiles };
}

function draftOf(files: ObjectFiles, entry: TableEntry | undefined, placement: Placement): Draft {
  const database = placement.targetOf(files.encodedDatabase);
  const name = entry?.realName ?? files.encodedName;
  if (entry?.realName === undefined && /^mydumper_\d+$/.test(name)) {
    throw new ToolError('DUMP_DAMAGED', `metadata does not say which table of ${database} is ${name}`);
  }
  return {
    kind: kindOf(files, entry),
    database,
    source: placement.sourceOf(files.encodedDatabase),
    name,
    entry,
    files,
  };
}

function kindOf({ view, sequence }: ObjectFiles, entry: TableEntry | undefined): TableKind {
  if (view !== undefined || entry?.isView === true) return 'view';
  return sequence === undefined ? 'table' : 'sequence';
}

/** The files of rows in the order of their parts. */
export function dataInOrder({ files: { data } }: Draft): DumpFile[] {
  return [...data]
    .sort((a, b) => a.part - b.part || a.subPart - b.subPart || (a.file.name < b.file.name ? -1 : 1))
    .map(({ file }) => file);
}
