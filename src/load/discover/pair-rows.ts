/**
 * Pair rows: each file of bare rows with the statement that reads it, which stands beside it under the same name.
 *
 * In: the data files of a dump, one by one. Out: those that hold statements, some with the file of their rows. One without
 * the other is a lost file.
 */
import { ToolError } from '../../base/errors.ts';
import { codecSuffix } from '../../format/codec.ts';
import type { DumpFile as FileMeaning } from '../../format/names.ts';
import type { DumpFile } from '../contents.ts';

export interface FoundFile {
  readonly meaning: FileMeaning;
  readonly file: DumpFile;
}

/**
 * `areRowsBare`: the dump says that all of its rows are.
 *
 * @throws ToolError DUMP_INCOMPLETE naming the file that is missing.
 */
export function pairRows(files: readonly FoundFile[], areRowsBare: boolean): readonly FoundFile[] {
  if (!areRowsBare && !files.some(({ meaning }) => isRows(meaning))) return files;
  const rowFiles = new Map(
    files.filter(({ meaning }) => isRows(meaning)).map(({ file }) => [stem(file, '.dat'), file] as const),
  );
  const paired = files.flatMap(({ meaning, file }): FoundFile[] => {
    if (meaning.kind !== 'data') return [{ meaning, file }];
    if (isRows(meaning)) return [];
    const name = stem(file, '.sql');
    const rows = rowFiles.get(name);
    rowFiles.delete(name);
    if (rows !== undefined) {
      return [{ meaning, file: { ...file, rows, storedBytes: file.storedBytes + rows.storedBytes } }];
    }
    if (areRowsBare) throw new ToolError('DUMP_INCOMPLETE', `${file.name} has no file of rows beside it: ${name}.dat`);
    return [{ meaning, file }];
  });
  const [alone] = rowFiles.values();
  if (alone === undefined) return paired;
  throw new ToolError(
    'DUMP_INCOMPLETE',
    `${alone.name} has no statement beside it that reads its rows: ${stem(alone, '.dat')}.sql`,
  );
}

const isRows = (meaning: FileMeaning): boolean => meaning.kind === 'data' && meaning.form === 'dat';

function stem({ name, codec }: DumpFile, end: string): string {
  return name.slice(0, name.length - codecSuffix(codec).length - end.length);
}
