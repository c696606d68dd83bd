/**
 * All data files of a table whose engine has no transactions, by one connection. What was half done cannot be undone there:
 * the table is emptied and loaded anew, and the ledger hears of it when it is whole.
 */
import { createHash } from 'node:crypto';

import { describeError, ToolError } from '../../base/errors.ts';
import { sum } from '../../base/numbers.ts';
import { saying, serverErrno, serverFailure } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import type { FileRecord } from '../ledger.ts';
import { sendRows } from '../send/rows-sql.ts';
import type { Lane } from './lane.ts';
import { policyFor, rowsOf } from './load-file.ts';
import type { RowsLoad } from './load-file.ts';
import type { TableLoad } from './table-load.ts';

/** One INSERT into the ledger has so many files. */
const FILES_PER_RECORD = 500;

/** @throws ToolError as for a single file, and LOAD_FAILED when the table held rows that are not the load's. */
export async function loadWhole(run: RowsLoad, lane: Lane, load: TableLoad, files: readonly DumpFile[]): Promise<void> {
  await new WholeTable(run, lane, load, files).load();
  for (const file of files) run.progress.end(lane.number, file);
}

class WholeTable {
  private readonly run: RowsLoad;
  private readonly lane: Lane;
  private readonly table: TableLoad;
  private readonly files: readonly DumpFile[];
  /** All its rows are the load's; undefined: that is to be asked. */
  private isOwn: boolean | undefined;
  private hasSent = false;
  /** How many rows were told to the ledger, which may have got it although its answer was lost. */
  private toldRows: number | undefined;

  constructor(run: RowsLoad, lane: Lane, table: TableLoad, files: readonly DumpFile[]) {
    this.run = run;
    this.lane = lane;
    this.table = table;
    this.files = files;
    this.isOwn = table.startsEmpty ? true : undefined;
  }

  async load(): Promise<void> {
    const recorded = this.recordedRows();
    if (recorded !== undefined) return this.count(recorded);
    const { state, table } = this.table;
    let failure: unknown;
    const onFailure = (error: unknown): void => {
      failure = error;
      this.run.progress.takeBack(this.lane.number);
      for (const file of this.files) this.run.progress.readAgain(file);
    };
    await this.lane.retried(table.database, { what: state.label, policyFor, onFailure }, async (session) => {
      await saying('beginning a transaction', () => session.execute('ROLLBACK'));
      if (this.toldRows !== undefined && (await this.isRecorded(session))) return this.count(this.toldRows);
      await this.begin(session, failure);
      this.hasSent = true;
      const records: FileRecord[] = [];
      for (const file of this.files) records.push(await this.send(session, file));
      this.toldRows = sum(records.map(({ now }) => now.rows));
      await this.record(session, records);
      this.count(this.toldRows);
    });
  }

  private async isRecorded(session: Session): Promise<boolean> {
    const [first] = this.files;
    return first !== undefined && (await this.run.sessions.ledger?.read(session, first.name))?.isWhole === true;
  }

  /** What an earlier run has loaded; undefined: not all of it. */
  private recordedRows(): number | undefined {
    const { ledger } = this.run.sessions;
    const recorded = this.files.map(({ name }) => ledger?.progressOf(name));
    return recorded.every((each) => each?.isWhole === true) ? sum(recorded.map((each) => each?.rows ?? 0)) : undefined;
  }

  /** Makes the table as empty as it was, where something may be left of an earlier try. */
  private async begin(session: Session, failure: unknown): Promise<void> {
    const { state, engine = '' } = this.table;
    const { sessions, emit } = this.run;
    const wasTried = this.hasSent || sessions.ledger?.isAdopted === true;
    if (this.isOwn === true && !wasTried) return;
    const isEmpty = await this.isEmpty(session);
    this.isOwn ??= await this.wasEmpty(session, isEmpty, wasTried);
    if (isEmpty || !wasTried) return;
    const what = `${state.label} has no transactions (${engine})`;
    const why = failure === undefined ? 'the load did not end' : describeError(failure);
    if (!this.isOwn) {
      // Without a cause, which would make it worth another try.
      throw new ToolError(
        'LOAD_FAILED',
        `${what} and held rows before the load: what was added cannot be told from them (${why})`,
        { hint: 'delete what was added and load again, or use --drop-table' },
      );
    }
    emit({ type: 'warning', message: `${what}: it is emptied and loaded anew, because ${why}` });
    await saying(`emptying ${state.label}`, () => session.execute(`TRUNCATE TABLE ${state.label}`));
  }

  /** One that a crash has damaged is not, and can be emptied. */
  private async isEmpty(session: Session): Promise<boolean> {
    try {
      return (await textRow(session, `SELECT 1 FROM ${this.table.state.label} LIMIT 1`)).length === 0;
    } catch (error) {
      if (this.hasSent && serverErrno(error) !== undefined && policyFor(error) === undefined) return false;
      throw serverFailure(`looking whether ${this.table.state.label} is empty`, error);
    }
  }

  /** Whether a table that the load has not made was empty before it; kept for a further run. */
  private async wasEmpty(session: Session, isEmpty: boolean, wasTried: boolean): Promise<boolean> {
    const { ledger } = this.run.sessions;
    const note = `/empty-${createHash('sha1').update(this.table.state.label).digest('hex')}`;
    if (wasTried) return (await ledger?.readNote(session, note)) !== undefined;
    if (isEmpty) await ledger?.writeNote(session, note, Buffer.from('1'));
    await saying('recording that a table is empty', () => session.execute('COMMIT'));
    return isEmpty;
  }

  private async send(session: Session, file: DumpFile): Promise<FileRecord> {
    const { run, lane, table } = this;
    const now = { statements: 0, rows: 0, isWhole: true };
    run.progress.begin(lane.number, file.name);
    await sendRows(session, {
      ...rowsOf(run, lane, table, file),
      skipStatements: 0,
      commit: async ({ statements, rows }) => {
        await saying(`committing rows of ${file.name}`, () => session.execute('COMMIT'));
        now.statements += statements;
        now.rows += rows;
      },
    });
    return { file: file.name, before: 0, now };
  }

  private async record(session: Session, records: readonly FileRecord[]): Promise<void> {
    const { ledger } = this.run.sessions;
    for (let first = 0; first < records.length; first += FILES_PER_RECORD) {
      await ledger?.record(session, records.slice(first, first + FILES_PER_RECORD));
    }
    await saying(`committing ${this.table.state.label}`, () => session.execute('COMMIT'));
  }

  private count(rows: number): void {
    this.table.rows += rows;
    this.run.progress.committed(this.lane.number, rows);
  }
}
