/**
 * Ledger: how far a load has come, kept in the target itself.
 *
 * A small InnoDB table in one of the load's databases. It holds what the load is (ledger/header.ts) and, for each data file
 * with progress, how much of it is committed. It is dropped when the load has succeeded. Entries are only added, which
 * takes no more privileges than tables to be loaded do.
 *
 * L1 An entry is written in the transaction of the rows it speaks of: both are there, or neither.
 * L2 An entry says how much was committed before it, and there is one for each such place: another's progress in between
 *    makes it fail, so that no row can be committed twice, whatever became of an earlier connection.
 * L3 {@link Ledger.read} waits for a transaction that has written an entry of the file and has not ended: a COMMIT whose
 *    answer was lost is resolved by it.
 * L4 Every session holds a named lock of the load (ledger/locks.ts), by which one that was lost is found on the server and ended.
 */
import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { saying, ServerErrno, serverErrno } from '../mysql/failure.ts';
import { ServerError } from '../mysql/packets.ts';
import type { OkPacket } from '../mysql/packets.ts';
import { textRow } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { LEDGER_TABLE, quoteQualified, quoteString } from '../schema/names.ts';
import { decodeHeader, encodeHeader, newHeader } from './ledger/header.ts';
import type { LedgerHeader, LedgerPhase, LoadIdentity } from './ledger/header.ts';
import { SessionLocks } from './ledger/locks.ts';

/** Of one data file, what is committed. */
export interface FileProgress {
  /** Row statements. */
  readonly statements: number;
  readonly rows: number;
  /** There is nothing behind them in the file. */
  readonly isWhole: boolean;
}

export interface FileRecord {
  /** As the dump calls it. */
  readonly file: string;
  /** Statements that were committed before. */
  readonly before: number;
  readonly now: FileProgress;
}

/** Somebody else has committed rows of the file since the ledger was read: the transaction must be rolled back. */
export class LedgerMoved extends ToolError {
  constructor() {
    super('LOAD_FAILED', 'somebody else has changed the record of progress in the target', {
      hint: 'is another load of the same dump under way?',
    });
  }
}

const COMMENT = 'progress of tsload, which drops it when all is loaded';

/** What is no file: no file's name has a slash. */
const HEADER = '/load';

export class Ledger {
  readonly database: string;
  readonly locks: SessionLocks;
  private known: LedgerHeader;
  private readonly table: string;
  /** Of an earlier run. */
  private adopted: Map<string, FileProgress> | undefined;

  private constructor(database: string, header: LedgerHeader, emit: Emit) {
    this.database = database;
    this.table = quoteQualified(database, LEDGER_TABLE);
    this.known = header;
    this.locks = new SessionLocks(header.id, emit);
  }

  /**
   * Creates the ledger of a new load, in place of one that was hardly begun. The session holds the load's lock from now on.
   *
   * @throws ServerError: the account may not, or the database takes no such table.
   */
  static async begin(session: Session, database: string, identity: LoadIdentity, emit: Emit): Promise<Ledger> {
    const ledger = new Ledger(database, newHeader(identity), emit);
    const { table } = ledger;
    await create(session, table, async () => decodeHeader(await ledger.readNote(session, HEADER)) !== undefined);
    try {
      await ledger.prove(session);
    } catch (error) {
      await ledger.drop(session).catch(() => undefined); // the first failure is the reason
      throw error;
    }
    await ledger.locks.takeLoad(session);
    return ledger;
  }

  /** The ledger that one of the databases has; undefined: none has, or what is called so is none. */
  static async find(session: Session, databases: readonly string[], emit: Emit): Promise<Ledger | undefined> {
    if (databases.length === 0) return undefined;
    const database = await saying('looking for an unfinished load', () => findDatabase(session, databases));
    if (database === undefined) return undefined;
    const found = new Ledger(database, newHeader({ dump: '', options: {}, threads: 0 }), emit);
    const header = decodeHeader(await found.readNote(session, HEADER));
    return header === undefined ? undefined : new Ledger(database, header, emit);
  }

  /** Reads what the load has come to since. False: it has come to its end, or another has taken its place. */
  async renew(session: Session): Promise<boolean> {
    try {
      const header = decodeHeader(await this.readNote(session, HEADER));
      if (header?.id !== this.known.id) return false;
      this.known = header;
      return true;
    } catch (error) {
      if (serverErrno(error) === ServerErrno.ER_NO_SUCH_TABLE) return false;
      throw error;
    }
  }

  get header(): LedgerHeader {
    return this.known;
  }

  /** An earlier run has begun the load. */
  get isAdopted(): boolean {
    return this.adopted !== undefined;
  }

  /** Reads how far all files have come; {@link progressOf} tells it. Returns how many there are. */
  async adopt(session: Session): Promise<number> {
    const sql = `SELECT \`file\`, \`statements\`, \`rows\`, \`is_whole\` FROM ${this.table}
      WHERE \`note\` IS NULL ORDER BY \`file\`, \`since\``;
    const adopted = new Map<string, FileProgress>();
    await saying('reading how far the load has come', () =>
      session.queryEach(sql, ([file, ...numbers]) => {
        adopted.set(file?.toString('utf8') ?? '', progressFrom(numbers.map((each) => each?.toString())));
      }),
    );
    this.adopted = adopted;
    return adopted.size;
  }

  /** What an earlier run has committed of a file; undefined: nothing. */
  progressOf(file: string): FileProgress | undefined {
    return this.adopted?.get(file);
  }

  /** What is committed of a file, when whoever is committing some of it has ended. Leaves a transaction open. */
  async read(session: Session, file: string): Promise<FileProgress | undefined> {
    const sql = `${this.last(file, '`statements`, `rows`, `is_whole`')} LOCK IN SHARE MODE`;
    const row = await saying(`asking how far ${file} has come`, () => textRow(session, sql));
    return row.length === 0 ? undefined : progressFrom(row);
  }

  /** Records the progress of files in the transaction of their rows. @throws LedgerMoved. */
  async record(session: Session, records: readonly FileRecord[]): Promise<void> {
    await saying(`recording rows of ${records[0]?.file}`, async () => {
      try {
        requireRecorded(await session.execute(this.recordSql(records)), records.length);
      } catch (error) {
        throw serverErrno(error) === ServerErrno.ER_DUP_ENTRY ? new LedgerMoved() : error;
      }
    });
  }

  /** The statement that records the progress of files: it affects as many rows ({@link requireRecorded}). */
  recordSql(records: readonly FileRecord[]): string {
    const entries = records.map(
      ({ file, before, now }) => `(${hex(file)},${before},${now.statements},${now.rows},${Number(now.isWhole)},NULL)`,
    );
    return `INSERT INTO ${this.table} VALUES ${entries.join(',')}`;
  }

  /** Forgets the progress of files, whose table is to be loaded anew. */
  async forget(session: Session, files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const sql = `DELETE FROM ${this.table} WHERE \`file\` IN (${files.map(hex).join(', ')})`;
    await saying('recording that a table is loaded anew', () => session.execute(sql));
    for (const file of files) this.adopted?.delete(file);
  }

  /** As many sessions as `threads` stand for may work at it from now on, which a further run needs to know. */
  async setThreads(session: Session, threads: number): Promise<void> {
    this.known = { ...this.known, threads };
    await this.writeNote(session, HEADER, encodeHeader(this.known));
  }

  async setPhase(session: Session, phase: LedgerPhase): Promise<void> {
    this.known = { ...this.known, phase };
    await this.writeNote(session, HEADER, encodeHeader(this.known));
  }

  /** Keeps what a further run needs to know beside the files; `name` begins with a slash. */
  async writeNote(session: Session, name: string, note: Buffer): Promise<void> {
    const sql =
      `INSERT INTO ${this.table} SELECT ${hex(name)}, COALESCE(MAX(\`since\`) + 1, 0), 0, 0, 0, ${hex(note)}` +
      ` FROM ${this.table} WHERE \`file\` = ${hex(name)}`;
    await saying('recording how far the load has come', () => session.execute(sql));
  }

  async readNote(session: Session, name: string): Promise<Buffer | undefined> {
    const sql = this.last(name, '`note`');
    const { rows } = await saying('reading how far the load has come', () => session.query(sql));
    return rows[0]?.[0] ?? undefined;
  }

  /** InnoDB may have been refused silently, and an account that creates may not be one that reads and writes. */
  private async prove(session: Session): Promise<void> {
    const [, definition = ''] = await textRow(session, `SHOW CREATE TABLE ${this.table}`);
    if (!/ENGINE=InnoDB/i.test(definition)) throw new ServerError(0, 'HY000', 'the server has no InnoDB for it');
    await this.writeNote(session, HEADER, encodeHeader(this.known));
    await this.read(session, HEADER);
  }

  private last(file: string, columns: string): string {
    return `SELECT ${columns} FROM ${this.table} WHERE \`file\` = ${hex(file)} ORDER BY \`since\` DESC LIMIT 1`;
  }

  /** All is loaded. */
  async drop(session: Session): Promise<void> {
    await saying('dropping the record of progress', () => session.execute(`DROP TABLE IF EXISTS ${this.table}`));
  }
}

/** Not in place of a table of somebody else's that has the name. */
/** One without a header is of a run that was killed as it made it. @throws ToolError ANOTHER_RUN. */
async function create(session: Session, table: string, hasHeader: () => Promise<boolean>): Promise<void> {
  const sql = `CREATE TABLE ${table} (
      \`file\` VARBINARY(255) NOT NULL,
      \`since\` BIGINT UNSIGNED NOT NULL,
      \`statements\` BIGINT UNSIGNED NOT NULL,
      \`rows\` BIGINT UNSIGNED NOT NULL,
      \`is_whole\` TINYINT NOT NULL,
      \`note\` LONGBLOB NULL,
      PRIMARY KEY (\`file\`, \`since\`)
    ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC COMMENT = '${COMMENT}'`;
  try {
    await session.execute(sql);
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_TABLE_EXISTS_ERROR) throw error;
    const [, definition = ''] = await textRow(session, `SHOW CREATE TABLE ${table}`);
    if (!definition.includes(COMMENT)) throw error;
    if (await hasHeader()) {
      throw new ToolError(
        'ANOTHER_RUN',
        `another run has begun to load into the same databases: ${table} is its record`,
      );
    }
    await session.execute(`DROP TABLE ${table}`);
    await session.execute(sql);
  }
}

/** @throws LedgerMoved when a statement of {@link Ledger.recordSql} did not record all files. */
export function requireRecorded(ok: OkPacket, files: number): void {
  if (ok.affectedRows !== files) throw new LedgerMoved();
}

/** One with the columns of a ledger: a table of somebody else's may have the name. */
async function findDatabase(session: Session, databases: readonly string[]): Promise<string | undefined> {
  await session.execute('SET NAMES utf8mb4');
  const [name] = await textRow(
    session,
    `SELECT TABLE_SCHEMA FROM information_schema.COLUMNS
      WHERE TABLE_NAME = ${quoteString(LEDGER_TABLE)} AND COLUMN_NAME IN ('file', 'since', 'statements', 'rows', 'is_whole', 'note')
        AND TABLE_SCHEMA IN (${databases.map(quoteString).join(', ')})
      GROUP BY TABLE_SCHEMA HAVING COUNT(*) = 6 ORDER BY TABLE_SCHEMA LIMIT 1`,
  );
  await session.execute('SET NAMES binary');
  return name;
}

function progressFrom([statements, rows, isWhole]: readonly (string | undefined)[]): FileProgress {
  const progress = { statements: Number(statements), rows: Number(rows), isWhole: isWhole === '1' };
  if (Number.isSafeInteger(progress.statements) && Number.isSafeInteger(progress.rows)) return progress;
  throw new ToolError('LOAD_FAILED', `the record of progress holds what no load has written: ${statements}, ${rows}`);
}

function hex(value: string | Buffer): string {
  const bytes = Buffer.from(value);
  return bytes.length === 0 ? "''" : `0x${bytes.toString('hex')}`;
}
