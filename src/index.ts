/**
 * tsdump as a library: the two commands as functions. Both report by events, stop by an AbortSignal, and reject with a
 * {@link ToolError} whose `code` says what went wrong.
 *
 * @example
 * import { DEFAULT_STATEMENT_BYTES, ToolError, dump } from 'tsdump';
 *
 * const stop = new AbortController();
 * try {
 *   const summary = await dump(
 *     {
 *       connection: { host: '127.0.0.1', port: 3306, user: 'backup', password: 'secret' },
 *       directory: '/backups/today',
 *       threads: 4,
 *       databases: ['shop'],
 *       tables: [],
 *       codec: 'zstd',
 *       withSchemas: true,
 *       withData: true,
 *       withTriggers: true,
 *       withRoutines: true,
 *       withEvents: true,
 *       withViews: true,
 *       maxStatementBytes: DEFAULT_STATEMENT_BYTES,
 *     },
 *     { emit: (event) => event.type === 'warning' && console.warn(event.message), signal: stop.signal },
 *   );
 *   console.log(`${summary.rows} rows in ${summary.seconds} s`);
 * } catch (error) {
 *   if (error instanceof ToolError) console.error(error.code, error.message, error.hint);
 *   else throw error;
 * }
 *
 * @example
 * import { DEFAULT_STATEMENTS_PER_TRANSACTION, load } from 'tsdump';
 *
 * await load(
 *   {
 *     connection: { host: '127.0.0.1', port: 3306, user: 'root' },
 *     directory: '/backups/today',
 *     threads: 4,
 *     dropTable: 'FAIL',
 *     withSchemas: true,
 *     withData: true,
 *     statementsPerTransaction: DEFAULT_STATEMENTS_PER_TRANSACTION,
 *   },
 *   { emit: () => undefined, signal: new AbortController().signal },
 * );
 */

export { dump } from './dump.ts';
export type { DumpRun } from './dump.ts';
export { load } from './load.ts';
export type { LoadRun } from './load.ts';
export { verify } from './verify.ts';
export type { VerifyRun } from './verify.ts';
export { verifyAgainst } from './verify/against.ts';

export type { Separators } from './base/separators.ts';
export { DEFAULT_STATEMENT_BYTES } from './dump/options.ts';
export type { BareRows, DumpOptions, FileHook } from './dump/options.ts';
export { DEFAULT_LOCK } from './dump/snapshot/options.ts';
export type { LockMode, LockOptions } from './dump/snapshot/options.ts';
export { DEFAULT_STATEMENTS_PER_TRANSACTION } from './load/options.ts';
export type { DropTableMode, KeyTime, LoadMethod, LoadOptions } from './load/options.ts';
export type { AgainstOptions, VerifyOptions } from './verify/options.ts';
export type { ConnectionOptions, TlsOptions } from './mysql/options.ts';
export type { Parts, TableRule, TableSettings } from './schema/filter/table-rules.ts';
export type { Codec, CodecName } from './format/codec.ts';
export type { ProgramCodec } from './format/program-codec.ts';
export type { DefinerChange } from './schema/definer.ts';

export { ToolError, describeError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export type {
  AccountsDumped,
  AccountsLoaded,
  AgainstSummary,
  BinlogPosition,
  Difference,
  DumpSummary,
  Emit,
  Finding,
  LeftOut,
  LoadSummary,
  ObjectKind,
  Phase,
  Progress,
  RunEvent,
  Skipped,
  VerifySummary,
} from './base/events.ts';
