/**
 * Drop databases: those of the dump go from the target, with all that is in them, before anything is created. What is in them
 * and not in the dump does not come back, and is named.
 */
import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { LEDGER_TABLE, quoteName, quoteQualified, quoteString } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';
import { askTarget } from './target.ts';

/** @throws ToolError LOAD_FAILED where the dump could not create again what goes; nothing is dropped then. */
export async function dropDatabases(session: Session, contents: DumpContents, emit: Emit): Promise<void> {
  const names = contents.databases.map(({ name }) => quoteString(name)).join(', ');
  if (names === '') return;
  const bare = contents.tables.filter(({ schemaFile }) => schemaFile === undefined);
  if (bare.length > 0) {
    const labels = bare.map(({ database, name }) => quoteQualified(database, name));
    throw new ToolError('LOAD_FAILED', `the dump has no definition of ${someOf(labels)}; nothing was changed`, {
      hint: 'it was made with --no-schemas: leave out --drop-database',
    });
  }
  const present = await askTarget(
    session,
    `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (${names}) ORDER BY SCHEMA_NAME`,
  );
  const objects = await askTarget(
    session,
    `SELECT TABLE_SCHEMA, TABLE_NAME, 'table' FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (${names})
     UNION ALL SELECT ROUTINE_SCHEMA, ROUTINE_NAME, 'code' FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN (${names})
     UNION ALL SELECT EVENT_SCHEMA, EVENT_NAME, 'code' FROM information_schema.EVENTS WHERE EVENT_SCHEMA IN (${names})`,
  );
  for (const [database = ''] of present) {
    const lost = objects.filter(([holder]) => holder === database).filter((object) => !comesBack(contents, object));
    if (lost.length > 0) {
      const what = someOf(lost.map(([, name = '']) => quoteName(name)).toSorted());
      emit({ type: 'warning', message: `${quoteName(database)} is dropped with what the dump does not have: ${what}` });
    }
    await saying(`dropping database ${database}`, () => session.execute(`DROP DATABASE ${quoteName(database)}`));
  }
}

/** Of routines and events a dump tells only in which databases they are. Names that differ in case only are one on some servers. */
function comesBack(contents: DumpContents, [database = '', name = '', kind]: readonly string[]): boolean {
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  if (kind === 'code') return contents.codeFiles.some((file) => isSame(file.database, database));
  if (name === LEDGER_TABLE) return true;
  return [...contents.tables, ...contents.views, ...contents.sequences].some(
    (object) => isSame(object.database, database) && isSame(object.name, name),
  );
}
