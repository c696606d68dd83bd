import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteQualified } from '../../schema/names.ts';
import type { DumpTable } from '../contents.ts';
import type { SetAside } from '../keys.ts';

/** Of keys that are to be added to a table, those that it does not have: an answer may have been lost. */
export async function withoutPresent(
  session: Session,
  { database, name }: DumpTable,
  setAside: SetAside,
): Promise<SetAside> {
  const table = quoteQualified(database, name);
  const { columns, rows } = await saying(`looking at the keys of ${table}`, () =>
    session.query(`SHOW INDEX FROM ${table}`),
  );
  const at = columns.findIndex((column) => column.name.toLowerCase() === 'key_name');
  const present = new Set(rows.map((row) => row[at]?.toString('utf8').toLowerCase()));
  return { ...setAside, keys: setAside.keys.filter((key) => !present.has(key.name?.toLowerCase())) };
}
