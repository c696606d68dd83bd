/**
 * Small files: data files that are sent together, so that a round trip, a COMMIT and a record in the ledger serve many.
 *
 * In: the first of them, and what else of the kind stands in the ready queue now; nobody waits for more. They are read, and
 * their INSERT statements are sent as one burst, without waiting for each answer. Out: each file committed exactly once.
 *
 * B1 A burst is one transaction, record in the ledger included: all of its files are committed, or none is.
 * B2 COMMIT leaves when every statement of the burst was answered: with OK, without a warning, and with as many rows as it
 *    has. It leaves together with the next burst where there is one.
 * B3 After anything else all files that are not known to be committed go one by one, the way of all files, which first rolls
 *    back and asks the ledger: that names exactly what is wrong, or finds that nothing is any more.
 * B4 A burst is sent only under the settings that its files begin with and the session has already.
 * B5 Only tables with transactions take part.
 */
import { describeError } from '../../base/errors.ts';
import { SpareBuffers } from '../../format/plain-reader.ts';
import { ServerError } from '../../mysql/packets.ts';
import type { Outcome, Session } from '../../mysql/session.ts';
import { isTransactional } from '../../schema/table.ts';
import type { DumpFile } from '../contents.ts';
import { isSmall, readSmallFile } from '../send/small-file.ts';
import type { SmallFile } from '../send/small-file.ts';
import { commitUnknown } from './file-commits.ts';
import type { Job } from './job.ts';
import type { Lane } from './lane.ts';
import { judgeOfRows, loadFile } from './load-file.ts';
import type { RowsLoad } from './load-file.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { TableLoad } from './table-load.ts';

/** A file that was handed out. */
export interface TakenFile {
  readonly load: TableLoad;
  readonly file: DumpFile;
}

export interface SmallFilesRun extends RowsLoad {
  readonly queue: ReadyQueue<Job>;
  readonly threads: number;
}

interface Listener {
  /** A file of the job was taken. */
  readonly offer: (job: Job) => void;
  /** A file of the table is committed. */
  readonly onCommitted: (load: TableLoad) => Promise<void>;
}

interface Member extends TakenFile {
  readonly text: SmallFile;
  /** Database and settings, equal for files of which they are equal. */
  readonly surroundings: string;
}

interface Gathered {
  readonly members: readonly Member[];
  /** The last one taken, if it does not go with them. */
  readonly odd: TakenFile | Member | undefined;
}

/** Of a burst: more gain nothing, and what fails with one of them is to be sent again. */
const MAX_FILES = 32;
const MAX_BYTES = 128 * 1024;

export class SmallFiles {
  private readonly run: SmallFilesRun;
  private readonly lane: Lane;
  private readonly tell: Listener;
  private readonly buffers = SpareBuffers.shared();
  private session: Session | undefined;
  /** What `session` has, as far as it is known. */
  private surroundings: string | undefined;

  constructor(run: SmallFilesRun, lane: Lane, tell: Listener) {
    this.run = run;
    this.lane = lane;
    this.tell = tell;
  }

  /** Whether a job's next file is one for here. */
  isFor({ part, load }: Job): boolean {
    const { engine, state } = load;
    const file = part === 'rows' && isTransactional(engine ?? '') ? state.nextFile : undefined;
    if (file === undefined || !isSmall(file) || load.rewriter?.wants(file.storedBytes) === true) return false;
    return this.run.sessions.ledger?.progressOf(file.name) === undefined;
  }

  /** To be called when others have used the session, or changed its settings. */
  forget(): void {
    this.surroundings = undefined;
  }

  /** Loads the file and others. When it returns, all that were taken are committed and finished. */
  async load(first: TakenFile): Promise<void> {
    let next: TakenFile | Member | undefined = await this.read(first);
    while (next !== undefined) {
      if ('text' in next) next = await this.loadChain(next);
      else {
        await this.loadApart([next], false);
        next = undefined;
      }
    }
  }

  /** Burst after burst of files with the same surroundings. Returns the file that has others, if one was taken. */
  private async loadChain(first: Member): Promise<TakenFile | Member | undefined> {
    const session = await this.prepared(first);
    if (session === undefined) {
      await this.loadApart([first], false);
      return undefined;
    }
    let open: readonly Member[] = [];
    let next = await this.gather([first], first.surroundings);
    while (await this.send(session, open, next.members)) {
      open = next.members;
      if (open.length === 0) break;
      next = next.odd === undefined ? await this.gather([], first.surroundings) : { members: [], odd: next.odd };
    }
    return next.odd;
  }

  /** The lane's session with the surroundings of the file; undefined: it cannot have them. */
  private async prepared({ load, text, surroundings }: Member): Promise<Session | undefined> {
    const { modes } = this.run.sessions;
    try {
      const session = await this.lane.in(load.table.database);
      if (session !== this.session || surroundings !== this.surroundings) {
        for (const sql of text.settings) await modes.execute(session, sql);
      }
      this.session = session;
      this.surroundings = surroundings;
      return session;
    } catch {
      return undefined; // the way of all files says what is wrong
    }
  }

  private async gather(members: Member[], surroundings: string): Promise<Gathered> {
    const { queue, threads, statementsPerTransaction } = this.run;
    // Near the end nobody takes more than a share of what is left.
    const most = Math.min(MAX_FILES, Math.ceil(queue.length / threads), statementsPerTransaction);
    for (let bytes = 0; members.length < most && bytes < MAX_BYTES; bytes += members.at(-1)?.text.insert.length ?? 0) {
      const job = queue.takeIf((next) => this.isFor(next));
      if (job === undefined) break;
      const { load } = job;
      const file = load.state.takeFile();
      if (file === undefined) break;
      this.tell.offer(job);
      const taken = await this.read({ load, file });
      if (!('text' in taken) || taken.surroundings !== surroundings) return { members, odd: taken };
      members.push(taken);
    }
    return { members, odd: undefined };
  }

  private async read(taken: TakenFile): Promise<Member | TakenFile> {
    const { load, file } = taken;
    const text = await readSmallFile(file, load.limits, this.buffers);
    const judge = judgeOfRows(this.run.sessions.guard, load);
    const isForeign = (sql: Buffer): boolean => judge?.whyNot(sql) !== undefined;
    // The way of all files says what is wrong with it.
    if (text === undefined || [...text.settings, text.insert].some(isForeign)) return taken;
    const surroundings = [load.table.database, ...text.settings.map((sql) => sql.toString('latin1'))].join('\0');
    return { ...taken, text, surroundings };
  }

  /**
   * Commits the files that were sent before, and sends others, in one round trip. False: none of the others was kept; they,
   * and those of the first that may not be committed, have been loaded one by one.
   */
  private async send(session: Session, open: readonly Member[], members: readonly Member[]): Promise<boolean> {
    const commit = open.length > 0 ? ['COMMIT'] : [];
    const burst = [...members.map(({ text }) => text.insert), ...this.recordOf(members)];
    this.run.progress.begin(this.lane.number, describe(members[0] ?? open[0], members.length || open.length));
    let outcomes: readonly Outcome[];
    try {
      outcomes = await session.executeEach([...commit, ...burst]);
    } catch (error) {
      await this.lost(open, members, error);
      return false;
    }
    if (commit.length > 0 && outcomes[0] instanceof ServerError) {
      await this.loadApart([...open, ...members], true);
      return false;
    }
    for (const member of open) await this.finish(member);
    if (this.isKept(members, outcomes.slice(commit.length))) return true;
    await this.loadApart(members, false);
    return false;
  }

  /** Whether every statement did what it was to do, and nothing else. */
  private isKept(members: readonly Member[], outcomes: readonly Outcome[]): boolean {
    return outcomes.every((outcome, at) => {
      // What follows the rows is their record.
      const rows = members[at]?.text.rows ?? members.length;
      return !(outcome instanceof ServerError) && outcome.warnings === 0 && outcome.affectedRows === rows;
    });
  }

  private recordOf(members: readonly Member[]): readonly string[] {
    const { ledger } = this.run.sessions;
    if (ledger === undefined || members.length === 0) return [];
    const records = members.map(({ file, text }) => ({
      file: file.name,
      before: 0,
      now: { statements: 1, rows: text.rows, isWhole: true },
    }));
    return [ledger.recordSql(records)];
  }

  private async lost(open: readonly Member[], members: readonly Member[], error: unknown): Promise<void> {
    const { sessions, emit, signal } = this.run;
    signal.throwIfAborted();
    const [first] = open;
    if (first !== undefined && sessions.ledger === undefined) throw commitUnknown(first.file, error);
    const what = describe(open[0] ?? members[0], open.length + members.length);
    emit({ type: 'retry', what, attempt: 1, waitMs: 0, reason: describeError(error) });
    await this.loadApart([...open, ...members], open.length > 0);
  }

  private async loadApart(files: readonly TakenFile[], wasSent: boolean): Promise<void> {
    this.forget();
    for (const { load, file } of files) {
      await loadFile(this.run, this.lane, load, file, wasSent);
      await this.tell.onCommitted(load);
    }
  }

  private async finish({ load, file, text }: Member): Promise<void> {
    const { lane } = this;
    const { progress } = this.run;
    load.rows += text.rows;
    progress.sent(lane.number, text.insert.length);
    progress.committed(lane.number, text.rows);
    progress.end(lane.number, file);
    await this.tell.onCommitted(load);
  }
}

function describe(first: TakenFile | undefined, count: number): string {
  const name = first?.file.name ?? '';
  return count > 1 ? `${name} and ${count - 1} more` : name;
}
