import { describeError, ToolError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { ConnectionLost, ServerError } from './packets.ts';

/** Server error numbers with a meaning for us. Source: MySQL's and MariaDB's server error message references. */
export const ServerErrno = {
  ER_CHECKREAD: 1020,
  ER_DISK_FULL: 1021,
  ER_CON_COUNT_ERROR: 1040,
  ER_DBACCESS_DENIED_ERROR: 1044,
  ER_ACCESS_DENIED_ERROR: 1045,
  ER_UNKNOWN_COM_ERROR: 1047,
  ER_BAD_DB_ERROR: 1049,
  ER_TABLE_EXISTS_ERROR: 1050,
  ER_SERVER_SHUTDOWN: 1053,
  ER_BAD_FIELD_ERROR: 1054,
  ER_DUP_ENTRY: 1062,
  ER_FORCING_CLOSE: 1080,
  ER_CANT_DROP_FIELD_OR_KEY: 1091,
  ER_NO_SUCH_THREAD: 1094,
  ER_KILL_DENIED_ERROR: 1095,
  ER_UNKNOWN_TABLE: 1109,
  ER_RECORD_FILE_FULL: 1114,
  ER_UNKNOWN_CHARACTER_SET: 1115,
  ER_PASSWORD_NO_MATCH: 1133,
  ER_NONEXISTING_GRANT: 1141,
  ER_TABLEACCESS_DENIED_ERROR: 1142,
  ER_COLUMNACCESS_DENIED_ERROR: 1143,
  ER_NO_SUCH_TABLE: 1146,
  ER_NOT_ALLOWED_COMMAND: 1148,
  ER_NET_READ_ERROR: 1158,
  ER_NET_READ_INTERRUPTED: 1159,
  ER_NET_ERROR_ON_WRITE: 1160,
  ER_NET_WRITE_INTERRUPTED: 1161,
  ER_KEY_DOES_NOT_EXIST: 1176,
  ER_NEW_ABORTING_CONNECTION: 1184,
  ER_UNKNOWN_SYSTEM_VARIABLE: 1193,
  ER_TOO_MANY_USER_CONNECTIONS: 1203,
  ER_LOCK_WAIT_TIMEOUT: 1205,
  ER_LOCK_DEADLOCK: 1213,
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 1227,
  ER_WRONG_VALUE_FOR_VAR: 1231,
  ER_UNKNOWN_COLLATION: 1273,
  ER_UNKNOWN_STORAGE_ENGINE: 1286,
  ER_OPTION_PREVENTS_STATEMENT: 1290,
  ER_UNKNOWN_TIME_ZONE: 1298,
  ER_INVALID_CHARACTER_STRING: 1300,
  ER_SP_DOES_NOT_EXIST: 1305,
  ER_QUERY_INTERRUPTED: 1317,
  ER_VIEW_INVALID: 1356,
  ER_TRG_DOES_NOT_EXIST: 1360,
  ER_PROCACCESS_DENIED_ERROR: 1370,
  ER_CANNOT_USER: 1396,
  ER_TABLE_DEF_CHANGED: 1412,
  ER_BINLOG_UNSAFE_ROUTINE: 1418,
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER: 1419,
  ER_NO_SUCH_USER: 1449,
  ER_EVENT_DOES_NOT_EXIST: 1539,
  ER_EVENT_EXEC_TIME_IN_THE_PAST: 1544,
  ER_EVENT_CANNOT_CREATE_IN_THE_PAST: 1588,
  ER_TOO_MANY_CONCURRENT_TRXS: 1637,
  ER_WARN_I_S_SKIPPED_TABLE: 1684,
  ER_UNKNOWN_PARTITION: 1735,
  ER_CONNECTION_KILLED: 1927,
  ER_SERVER_OFFLINE_MODE: 3032,
  ER_TRANSACTION_ROLLBACK_DURING_COMMIT: 3101,
  ER_SERVER_ISNT_AVAILABLE: 3168,
  ER_SESSION_WAS_KILLED: 3169,
  ER_CLIENT_LOCAL_FILES_DISABLED: 3948,
  ER_CLIENT_INTERACTION_TIMEOUT: 4031,
  ER_BACKUP_NOT_RUNNING: 4146,
  ER_LOAD_INFILE_CAPABILITY_DISABLED: 4166,
  ER_WRONG_DATA_DIRECTORY: 3121,
  ER_TABLESPACE_MISSING_WITH_NAME: 3510,
} as const;

const CODE_BY_ERRNO: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [ServerErrno.ER_DISK_FULL, 'STORAGE'],
  [ServerErrno.ER_CON_COUNT_ERROR, 'CONNECT'],
  [ServerErrno.ER_DBACCESS_DENIED_ERROR, 'PRIVILEGE'],
  [ServerErrno.ER_ACCESS_DENIED_ERROR, 'AUTHENTICATION'],
  [ServerErrno.ER_SERVER_SHUTDOWN, 'SERVER_GONE'],
  [ServerErrno.ER_RECORD_FILE_FULL, 'STORAGE'],
  [ServerErrno.ER_TABLEACCESS_DENIED_ERROR, 'PRIVILEGE'],
  [ServerErrno.ER_COLUMNACCESS_DENIED_ERROR, 'PRIVILEGE'],
  [ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR, 'PRIVILEGE'],
  [ServerErrno.ER_CONNECTION_KILLED, 'SERVER_GONE'],
]);

/** What is to be done about a refusal, where that is not what the code's own hint says. */
const HINTS: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['PRIVILEGE', 'GRANT the account what it lacks, or name another one with --user'],
  [
    'STORAGE',
    'the server has no more room for it, on its disk or by a limit: make room; a load then goes on with --resume',
  ],
]);

/** The error number of a refusal anywhere in an error's chain of causes; undefined when the server refused nothing. */
export function serverErrno(error: unknown): number | undefined {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof ServerError) return current.errno;
  }
  return undefined;
}

/**
 * The server's words on a refusal anywhere in an error's chain of causes, without what they quote of the statement: it may
 * hold the hash of a password.
 */
export function serverWords(error: unknown): string {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof ServerError) return current.message.replace(/ near '.*' at line \d+/s, '');
  }
  return describeError(error);
}

/** True when the connection itself is lost, so that nothing more can be asked on it. */
export function isConnectionLost(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof ConnectionLost) return true;
    if (current instanceof ServerError && CODE_BY_ERRNO.get(current.errno) === 'SERVER_GONE') return true;
  }
  return false;
}

/** Says what we were doing when the server refused or went away; a ToolError passes through unchanged. */
export function serverFailure(doing: string, thrown: unknown): ToolError {
  if (thrown instanceof ToolError) return thrown;
  if (thrown instanceof ConnectionLost)
    return new ToolError('SERVER_GONE', `lost the server while ${doing}`, { cause: thrown });
  if (thrown instanceof ServerError) {
    const code = CODE_BY_ERRNO.get(thrown.errno) ?? 'SERVER_REFUSED';
    return new ToolError(code, `the server refused while ${doing}`, { cause: thrown, hint: HINTS.get(code) });
  }
  return new ToolError('INTERNAL', `failed while ${doing}`, { cause: thrown });
}

/** Runs `action`; a failure says that it happened while `doing`. */
export async function saying<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw serverFailure(doing, error);
  }
}
