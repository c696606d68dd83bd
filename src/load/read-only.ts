/**
 * Read-only databases: MySQL's ALTER DATABASE … READ ONLY = 1, from 8.0.22 on.
 *
 * SHOW CREATE DATABASE tells of it in a comment, which CREATE DATABASE passes over. So a database that was read-only and
 * is created by this load becomes so again when everything is in it; what cannot be had is told before the first row.
 * One that is read-only on the target takes nothing in, which is told before anything is changed.
 */
import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import { ServerError } from '../mysql/packets.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteString } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { readDefinitions } from './send/definitions.ts';

const MYSQL_8_0_22 = 80_022;
const IS_READ_ONLY = /^CREATE DATABASE\b.*\/\* READ ONLY = 1 \*\/\s*$/is;

export interface ReadOnlyRun {
  readonly session: Session;
  readonly server: ServerInfo;
  readonly contents: DumpContents;
  readonly options: LoadOptions;
  readonly emit: Emit;
}

/**
 * The databases to be closed at the end, by {@link closeDatabases}.
 *
 * @throws ToolError LOAD_FAILED naming the databases that are read-only on the target.
 */
export async function findReadOnly(run: ReadOnlyRun): Promise<readonly string[]> {
  const { server, contents, options, emit } = run;
  const isKnown = server.product === 'MySQL' && server.version >= MYSQL_8_0_22;
  const existing = isKnown && contents.databases.length > 0 ? await refuseClosed(run) : new Set<string>();
  if (!options.withSchemas) return [];
  const closed: string[] = [];
  for (const { name, schemaFile } of contents.databases) {
    if (schemaFile === undefined || existing.has(name)) continue;
    const statements = await readDefinitions(schemaFile);
    if (!statements.some(({ bytes }) => IS_READ_ONLY.test(bytes.toString('latin1')))) continue;
    if (!isKnown) {
      emit({
        type: 'skipped',
        what: `READ ONLY of database ${quoteName(name)}`,
        why: 'the target has no such databases',
      });
    } else if (!options.withData) {
      const later = `ALTER DATABASE ${quoteName(name)} READ ONLY = 1`;
      emit({ type: 'warning', message: `the rows are still to come, so then: ${later}` });
    } else {
      closed.push(name);
    }
  }
  return closed;
}

/** Out: the databases of the dump that the target has. */
async function refuseClosed({ session, contents }: ReadOnlyRun): Promise<ReadonlySet<string>> {
  const names = contents.databases.map(({ name }) => quoteString(name)).join(', ');
  const { rows } = await saying('looking for read-only databases', async () => {
    await session.execute('SET NAMES utf8mb4');
    const found = await session.query(
      `SELECT SCHEMA_NAME, OPTIONS LIKE '%READ ONLY=1%' FROM information_schema.SCHEMATA_EXTENSIONS
        WHERE SCHEMA_NAME IN (${names})`,
    );
    await session.execute('SET NAMES binary');
    return found;
  });
  const nameOf = (row: readonly (Buffer | null)[]): string => row[0]?.toString('utf8') ?? '';
  const closed = rows.filter((row) => row[1]?.toString('latin1') === '1').map((row) => quoteName(nameOf(row)));
  if (closed.length > 0) {
    throw new ToolError('LOAD_FAILED', `read-only on the target: database ${someOf(closed)}; nothing was changed`, {
      hint: `ALTER DATABASE ${closed[0]} READ ONLY = 0`,
    });
  }
  return new Set(rows.map(nameOf));
}

/** When everything is in them. */
export async function closeDatabases(session: Session, names: readonly string[], emit: Emit): Promise<void> {
  for (const name of names) {
    try {
      await session.execute(`ALTER DATABASE ${quoteName(name)} READ ONLY = 1`);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      emit({ type: 'skipped', what: `READ ONLY of database ${quoteName(name)}`, why: error.message });
    }
  }
}
