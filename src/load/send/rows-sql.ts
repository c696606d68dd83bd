/**
 * Rows from a data file to the server: as the statements the file holds, or as the rows of a LOAD DATA statement where that
 * stores the same; bare rows by the statement beside them.
 *
 * In: a session, a file, and how many of its statements an earlier try has committed. Out: rows committed. Statements
 * leave as bytes. A transaction holds a bounded number of statements, bytes and rows, if they come in more than one
 * statement; `commit` ends it, so that a further try can go on behind it and no row is sent twice.
 */
import { ToolError } from '../../base/errors.ts';
import { revealBody } from '../../format/code.ts';
import { SpareBuffers } from '../../format/plain-reader.ts';
import { NAMES_DISGUISED } from '../../format/data-names.ts';
import { dataText } from '../../format/data-text.ts';
import { readStatements, statementKind } from '../../format/statements.ts';
import type { Statement } from '../../format/statements.ts';
import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { RewrittenText } from '../../kernel/rows-from-insert.ts';
import type { FileJudge } from '../../schema/belongs/belongs.ts';
import type { DumpFile } from '../contents.ts';
import { foreignStatement } from '../guard.ts';
import { reasonOf, refuseAltered, storedText } from '../stored-text.ts';
import { IgnoredRows } from './ignored-errors.ts';
import { keepsLiterals } from './literal-settings.ts';
import { sendBareRows } from './rows-load-data.ts';
import { RowsRefused } from './rows-run.ts';
import type { OpenRows, RowsRun } from './rows-run.ts';
import { sendRewritten } from './rows-rewritten.ts';
import type { Room } from './rows-rewritten.ts';
import { sendShort } from './rows-short.ts';
import { sendRowStatement, sendWhole, statementOf } from './row-statement.ts';
import { StatementSource } from './statement-source.ts';
import type { TableRewriter } from './table-rewriter.ts';

/** Of all files that are being read. */
const CHUNKS = SpareBuffers.shared();
/** What is lost with a connection has to be sent again, and what a server undoes takes it longer than doing it. */
const MAX_TRANSACTION_BYTES = 64 * 1024 * 1024;
const MAX_TRANSACTION_ROWS = 1_000_000;

/** More than tells what a statement is. */
const BEGINNING_BYTES = 256;

/**
 * @throws ToolError DUMP_DAMAGED for a bad file, ROWS_DIFFER when the server alters a value, SERVER_REFUSED and kin with
 *   file, statement number and line.
 */
export async function sendRows(session: Session, run: RowsRun): Promise<void> {
  let committed = run.skipStatements;
  const commit = async (open: OpenRows): Promise<void> => {
    await run.commit(open);
    committed += open.statements;
  };
  try {
    await new FileSender(session, { ...run, commit }).send();
  } catch (error) {
    // As INSERT statements, the rows to be ignored can be told from the others.
    if (!(error instanceof RowsRefused) && !run.ignored.has(error)) throw await reasonOf(run.file, error);
    await saying(`taking back rows of ${run.file.name}`, () => session.execute('ROLLBACK'));
    run.rewriter?.giveUp();
    run.onTakenBack();
    const asInserts = { rewriter: undefined, bareRowsAs: 'insert' } as const;
    await new FileSender(session, { ...run, ...asInserts, commit, skipStatements: committed }).send();
  }
}

class FileSender {
  private readonly session: Session;
  private readonly run: RowsRun;
  private rewriter: TableRewriter | undefined;
  private readonly text = new RewrittenText();
  private skip: number;
  /** Sent since the last commit. */
  private open = { statements: 0, rows: 0, bytes: 0 };
  /** It was said that more would follow what is committed. */
  private isToBeTold = false;
  /** The file is as it was written. */
  private isSound = false;
  /** Of these. */
  private readonly ignoredRows = new IgnoredRows();
  private isDisguised = false;
  private readsRows = false;
  private readonly judge: FileJudge | undefined;

  constructor(session: Session, run: RowsRun) {
    this.session = session;
    const onSent = (bytes: number): void => {
      this.open.bytes += bytes;
      run.onSent(bytes);
    };
    this.run = { ...run, onSent };
    this.skip = run.skipStatements;
    this.judge = run.judge();
  }

  async send(): Promise<void> {
    const { file, rewriter, onRead } = this.run;
    const isRewritten = file.rows === undefined && (await rewriter?.isFor(this.session, file.storedBytes)) === true;
    if (isRewritten) this.rewriter = rewriter;
    const text = storedText(file, { onRead, buffers: CHUNKS });
    const source = new StatementSource(
      readStatements(dataText(text), { path: file.path, onSpent: (chunk) => CHUNKS.give(chunk) }),
    );
    try {
      for (let next = await source.peek(); next !== undefined; next = await source.peek()) {
        if (this.isFull) await this.commit(false);
        await this.sendNext(source, next);
      }
    } finally {
      await source.close();
    }
    if (file.rows !== undefined && !this.readsRows) {
      throw new ToolError('DUMP_DAMAGED', `${file.name} holds no LOAD DATA statement for ${file.rows.name}`);
    }
    await this.commit(true);
  }

  private async sendNext(source: StatementSource, written: Statement): Promise<void> {
    const { session, run } = this;
    const statement = this.isDisguised ? revealed(written) : written;
    await this.refuseForeign(statement);
    const kind = statementKind(beginningOf(statement));
    if (kind === 'set') {
      await this.set(statement);
      return source.take();
    }
    if (kind === 'load-data' && !this.readsRows) {
      await this.sendBareRows(statement);
      return source.take();
    }
    if (kind === 'other' && this.judge === undefined) {
      await this.set(statement);
      return source.take();
    }
    if ((kind !== 'insert' && kind !== 'replace') || run.file.rows !== undefined) throw unexpected(run.file, statement);
    if (this.skip > 0) {
      this.skip--;
      await drain(statement);
      return source.take();
    }
    const { rewriter, text } = this;
    const rewritten = rewriter?.rewrite(statement, text);
    if (rewriter !== undefined && rewritten !== undefined) {
      const sent = await sendRewritten(session, { ...run, source, rewriter, room: this.room, text }, rewritten);
      return this.count(sent.statements, sent.rows);
    }
    const short = rewriter?.inShortStatements === true ? await sendShort(session, run, statement) : undefined;
    const rows = short ?? (await this.sendAsItStands(statement));
    source.take();
    this.count(1, rows);
  }

  private async refuseForeign(statement: Statement): Promise<void> {
    const { judge } = this;
    const [first] = statement.parts;
    // As a rule its first part tells, without joining them.
    if (judge === undefined || (first !== undefined && judge.whyNot(first, false) === undefined)) return;
    const why = judge.whyNot(statement.bytes, statement.rest === undefined);
    if (why === undefined) return;
    throw foreignStatement(await statementOf(this.run.file, statement).place(), statement.bytes, why);
  }

  private sendAsItStands(statement: Statement): Promise<number> {
    const { session, run } = this;
    return sendRowStatement(session, { ...run, ignoredRows: this.ignoredRows }, statementOf(run.file, statement));
  }

  private async sendBareRows(statement: Statement): Promise<void> {
    this.readsRows = true;
    const { session, run } = this;
    const bare = { ...run, ignoredRows: this.ignoredRows, skipRows: this.skip };
    for await (const { passed, stored, isLast } of sendBareRows(session, bare, statement)) {
      this.count(passed, stored);
      if (!isLast) await this.commit(false);
    }
    this.skip = 0;
  }

  private async set(statement: Statement): Promise<void> {
    const { session, run } = this;
    this.isDisguised ||= statement.bytes.equals(Buffer.from(NAMES_DISGUISED));
    if (!keepsLiterals(statement.bytes, run.limits.backslashEscapes)) this.rewriter = undefined;
    await sendWhole(session, run, statementOf(run.file, statement), (sql) => run.set(session, sql));
  }

  private count(statements: number, rows: number): void {
    this.open.statements += statements;
    this.open.rows += rows;
  }

  /** What the transaction may still take. */
  private get room(): Room {
    const { statements, rows, bytes } = this.open;
    return {
      statements: this.run.statementsPerTransaction - statements,
      rows: MAX_TRANSACTION_ROWS - rows,
      bytes: MAX_TRANSACTION_BYTES - bytes,
    };
  }

  private get isFull(): boolean {
    return Object.values(this.room).some((left) => left <= 0);
  }

  private async commit(isWhole: boolean): Promise<void> {
    const { statements, rows } = this.open;
    // At its end this is known; before, nothing of an altered file may be committed for good.
    if (!isWhole && !this.isSound) await refuseAltered(this.run.file);
    this.isSound = true;
    if (statements > 0 || (isWhole && this.isToBeTold)) await this.run.commit({ statements, rows, isWhole });
    this.isToBeTold = !isWhole;
    this.run.ignored.commit(this.ignoredRows);
    this.open = { statements: 0, rows: 0, bytes: 0 };
  }
}

function revealed(statement: Statement): Statement {
  const bytes = revealBody(statement.bytes);
  return { ...statement, bytes, parts: [bytes] };
}

/** Enough to tell what it is, as a rule without joining its parts. */
function beginningOf(statement: Statement): Buffer {
  const [first] = statement.parts;
  return first !== undefined && first.length >= BEGINNING_BYTES ? first : statement.bytes;
}

async function drain({ rest }: Statement): Promise<void> {
  for await (const part of rest ?? []) void part;
}

function unexpected(file: DumpFile, statement: Statement): ToolError {
  const text = statement.bytes.toString('latin1', 0, 60);
  return new ToolError(
    'DUMP_DAMAGED',
    `${file.name}, statement ${statement.number} does not belong into a data file: ${text}`,
    {
      hint: 'data files hold INSERT, REPLACE, LOAD DATA and SET only',
    },
  );
}
