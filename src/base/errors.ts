/**
 * What can go wrong, as data. The code is the identity of an error; its row says which exit code the command ends
 * with and what the operator can do. Nothing else in the project decides an exit code.
 */

interface ErrorRow {
  readonly exit: number;
  readonly hint?: string;
}

const ERRORS = {
  INTERNAL: { exit: 1, hint: 'this is a defect in the tool: please report it with the log' },
  SERVER_REFUSED: { exit: 1 },
  LOAD_FAILED: { exit: 1 },
  /** To go on would not be the same dump, or there is none to go on with. Nothing was changed. */
  RESUME_REFUSED: { exit: 1 },
  USAGE: { exit: 2 },
  /** Finished, but something that was asked for, named in the summary, could not be carried. */
  SKIPPED: { exit: 3 },
  ROWS_DIFFER: { exit: 4, hint: 'the restore is not complete: do not use the target until the cause is found' },
  CONNECT: { exit: 5, hint: 'check --host, --port and --socket, and that the server is running' },
  AUTHENTICATION: { exit: 5, hint: 'check --user and --password (or --ask-password)' },
  PRIVILEGE: { exit: 5 },
  SERVER_GONE: { exit: 5, hint: "look into the server's error log; it may have been restarted or short of memory" },
  LOCK: { exit: 6 },
  CONSISTENCY: { exit: 6 },
  STORAGE: { exit: 7, hint: 'check free space, permissions and the health of the file system' },
  DIRECTORY_NOT_EMPTY: { exit: 7, hint: 'name an empty or a new directory' },
  DUMP_INCOMPLETE: { exit: 8, hint: 'the dump was interrupted or a file was removed: take a new dump' },
  DUMP_DAMAGED: { exit: 8, hint: 'the file was changed or cut after it was written: take a new dump or another copy' },
  /** One that the operator had named. */
  PROGRAM_FAILED: { exit: 1, hint: 'try by hand what --exec or --exec-per-thread names' },
  /** A statement that its file's object does not need. */
  FOREIGN_STATEMENT: {
    exit: 8,
    hint: 'look into the file: no dump of tsdump or mydumper holds it; a dump that you trust is loaded as it is with --trust-dump',
  },
  /** Of --stop-after. What is finished can be gone on with. */
  TIME_LIMIT: { exit: 9 },
  /** Somebody else is at the same work. */
  ANOTHER_RUN: { exit: 11 },
  INTERRUPTED: { exit: 130 },
  TERMINATED: { exit: 143 },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

export interface ToolErrorOptions {
  /** What the operator can do; replaces the hint of the code's row. */
  readonly hint?: string | undefined;
  /** The error underneath, with the server's or the system's own words and number. */
  readonly cause?: unknown;
}

/**
 * The one error class of the project. The message says what we were doing, to what, and how far, in lower case and
 * without a full stop; the words of the server or the system ride in `cause` and are appended by {@link describeError}.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    const row: ErrorRow = ERRORS[code];
    this.hint = options.hint ?? row.hint;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }
}

/** Of a run that finished, but could not carry all that was asked for. */
export const SKIPPED_EXIT = ERRORS.SKIPPED.exit;

/** How far a chain of causes is followed; one that bites its tail ends here. */
const MAX_CHAIN = 8;

/** Any thrown value as a ToolError; what is not one already is a defect of ours. */
export function toToolError(thrown: unknown): ToolError {
  if (thrown instanceof ToolError) return thrown;
  return new ToolError('INTERNAL', wordsOf(thrown), { cause: thrown });
}

function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  // Connecting to a name with several addresses, as localhost often is, fails with all reasons and no message.
  if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(wordsOf).join(', ');
  return thrown.message;
}

/** The chain of an error as one line: our sentence, then the words beneath it, each once. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && current !== null && depth < MAX_CHAIN; depth++) {
    const message = wordsOf(current);
    if (message !== '' && parts.at(-1)?.includes(message) !== true) parts.push(message);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(': ');
}

/** An error as plain data, to cross a thread boundary with code, hint and cause chain intact. */
export interface WireError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
  readonly cause: WireError | undefined;
}

export function toWireError(thrown: unknown): WireError {
  return wireChain(thrown, MAX_CHAIN);
}

function wireChain(thrown: unknown, depth: number): WireError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: error instanceof ToolError ? error.code : undefined,
    message: wordsOf(error),
    hint: error instanceof ToolError ? error.hint : undefined,
    stack: error.stack,
    cause:
      error.cause === undefined || error.cause === null || depth === 1 ? undefined : wireChain(error.cause, depth - 1),
  };
}

export function fromWireError(wire: WireError): Error {
  const cause = wire.cause === undefined ? undefined : fromWireError(wire.cause);
  const error =
    wire.code === undefined
      ? new Error(wire.message, cause === undefined ? undefined : { cause })
      : new ToolError(wire.code, wire.message, { hint: wire.hint, cause });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

/** A value that cannot be missing, by an argument the caller has made. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new ToolError('INTERNAL', `missing: ${what}`);
  return value;
}
