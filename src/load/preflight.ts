/**
 * Preflight: what can be known before anything of the target is changed, and would otherwise fail half way.
 *
 * In: the dump, the target, and what its account was refused. Out: warnings, or an error that names what stands in the
 * way. Files of definitions are read only where the target makes it necessary.
 */
import pLimit from 'p-limit';

import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying, ServerErrno, serverErrno } from '../mysql/failure.ts';
import { readGrants } from '../mysql/grants.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { DumpContents, DumpFile } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { refuseRowFiles } from './row-files.ts';
import { readDefinitions } from './send/definitions.ts';
import { longestStatementFor, tooLongHint } from './send/statement-limits.ts';
import type { LoadSessions } from './session.ts';

export interface Preflight {
  readonly session: Session;
  readonly sessions: LoadSessions;
  readonly contents: DumpContents;
  readonly options: LoadOptions;
  readonly emit: Emit;
}

const FILES_AT_A_TIME = 16;
const NOTHING_CHANGED = 'nothing was changed';

/** @throws ToolError LOAD_FAILED or PRIVILEGE: this target cannot take this dump from this account. */
export async function preflight(run: Preflight): Promise<void> {
  const { session, sessions, contents, options } = run;
  await refuseReadOnly(session);
  refuseFoldedNames(contents, sessions.server);
  if (options.withData) {
    refuseLongRows(contents, sessions.server);
    await refuseRowFiles(contents, sessions.server, options);
  }
  if (!options.withSchemas) return;
  await refuseKeylessTables(run);
  await warnOfDistrust(run);
  warnOfCodeThatNamesTablesInAnyCase(run);
}

/** A server that is read-only to the account says so to this statement; no privilege has to be looked up. */
async function refuseReadOnly(session: Session): Promise<void> {
  try {
    await session.execute('START TRANSACTION READ WRITE');
    await session.execute('ROLLBACK');
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_OPTION_PREVENTS_STATEMENT) {
      await saying('beginning a transaction', () => Promise.reject(error));
    }
    throw new ToolError('LOAD_FAILED', `the target is read-only; ${NOTHING_CHANGED}`, {
      cause: error,
      hint: 'load into the primary, or SET GLOBAL read_only = 0 (super_read_only too, on MySQL)',
    });
  }
}

/** With lower_case_table_names = 1 or 2 `Orders` and `orders` are one table. */
function refuseFoldedNames(contents: DumpContents, server: ServerInfo): void {
  const setting = server.variables.get('lower_case_table_names') ?? '0';
  if (setting === '0') return;
  const objects = [...contents.tables, ...contents.views, ...contents.sequences];
  const clash =
    firstClash(contents.databases.map(({ name }) => quoteName(name))) ??
    firstClash(objects.map(({ database, name }) => quoteQualified(database, name)));
  if (clash === undefined) return;
  throw new ToolError(
    'LOAD_FAILED',
    `${clash.join(' and ')} are two in the dump and one to the target (lower_case_table_names = ${setting}); ${NOTHING_CHANGED}`,
    { hint: 'load into a server with lower_case_table_names = 0, or dump one of them under another name' },
  );
}

function firstClash(names: readonly string[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) return [other, name];
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

function refuseLongRows(contents: DumpContents, server: ServerInfo): void {
  const limit = longestStatementFor(server);
  const { statementBytes } = contents;
  if (statementBytes === undefined) return;
  const tooLong = contents.tables.flatMap(({ database, name, longestStatementBytes = 0 }) =>
    // One that is not longer than `statementBytes` may hold several rows, and is split.
    longestStatementBytes > Math.max(limit, statementBytes)
      ? [{ name: quoteQualified(database, name), bytes: longestStatementBytes }]
      : [],
  );
  if (tooLong.length === 0) return;
  const bytes = tooLong.reduce((longest, each) => Math.max(longest, each.bytes), 0);
  const names = someOf(tooLong.map(({ name }) => name));
  throw new ToolError(
    'LOAD_FAILED',
    `${names} holds a row that the target does not take: its statement has ${bytes} bytes, max_allowed_packet is ${server.maxAllowedPacketBytes}; ${NOTHING_CHANGED}`,
    { hint: tooLongHint(bytes) },
  );
}

/** MySQL may be told to refuse tables without a primary key, or to give them one, and the account may not say no. */
async function refuseKeylessTables({ sessions, contents, emit }: Preflight): Promise<void> {
  const isGiven = sessions.refused.has('sql_generate_invisible_primary_key');
  const isRequired = sessions.refused.has('sql_require_primary_key');
  if (!isGiven && !isRequired) return;
  const definitions = contents.tables.flatMap(({ database, name, schemaFile }) =>
    schemaFile === undefined ? [] : [{ file: schemaFile, name: quoteQualified(database, name) }],
  );
  const keyless = await whereAny(definitions, (sql) => /^CREATE TABLE\b/i.test(sql) && !/^\s+PRIMARY KEY\b/m.test(sql));
  if (keyless.length === 0) return;
  const names = someOf(keyless.map(({ name }) => name));
  const hint = 'GRANT SESSION_VARIABLES_ADMIN ON *.* TO the account, so that the setting can be off for the load';
  if (isGiven) {
    const message = `${names}: the target adds an invisible primary key (sql_generate_invisible_primary_key); ${hint}`;
    emit({ type: 'warning', message });
    return;
  }
  throw new ToolError(
    'PRIVILEGE',
    `${names} has no primary key, which the target requires (sql_require_primary_key); ${NOTHING_CHANGED}`,
    { hint },
  );
}

/** Error 1419: where there is a binlog, functions and triggers take SUPER, also in a session that leaves the binlog out. */
async function warnOfDistrust({ session, sessions, contents, emit }: Preflight): Promise<void> {
  const { server } = sessions;
  if (!server.hasBinlog || server.variables.get('log_bin_trust_function_creators') === 'ON') return;
  if (contents.triggerFiles.length + contents.codeFiles.length === 0) return;
  const grants = await saying('reading the grants', () => readGrants(session, server));
  if (grants.has('SUPER')) return;
  emit({
    type: 'warning',
    message:
      'the target will refuse functions and triggers: SET GLOBAL log_bin_trust_function_creators = 1 there for the load, or GRANT SUPER to the account',
  });
}

/** Names in code stay as they were written, and only the server that runs it knows which they are. */
function warnOfCodeThatNamesTablesInAnyCase({ sessions, contents, emit }: Preflight): void {
  const isCareful = sessions.server.variables.get('lower_case_table_names') === '0';
  const wasCareless = (contents.lowerCaseTableNames ?? 0) !== 0;
  if (!isCareful || !wasCareless || contents.triggerFiles.length + contents.codeFiles.length === 0) return;
  emit({
    type: 'warning',
    message:
      'the source took upper and lower case in names of tables for the same and the target does not: code that writes a name otherwise than the table has it will fail when it runs',
  });
}

/** Those of the files that hold such a statement. */
async function whereAny<T extends { readonly file: DumpFile }>(
  files: readonly T[],
  isMeant: (sql: string) => boolean,
): Promise<T[]> {
  const read = pLimit(FILES_AT_A_TIME);
  const found = await Promise.all(
    files.map((each) =>
      read(async () => {
        const statements = await readDefinitions(each.file);
        return statements.some(({ bytes }) => isMeant(bytes.toString('latin1'))) ? [each] : [];
      }),
    ),
  );
  return found.flat();
}
