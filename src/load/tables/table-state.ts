/**
 * The life of a table in a load.
 *
 *   not-created ─▶ creating ─▶ created ─▶ loading ─▶ loaded ─▶ indexing ─▶ done
 *        └────────────┴───────────┴──────────┴─────────┴──────────┴─────▶ failed
 *
 * not-created  The dump has it; nobody has begun. With --no-schema a table begins its life as created.
 * creating     One schema worker runs its CREATE TABLE.
 * created      It exists in the target; no row of it was sent.
 * loading      At least one of its data files was taken.
 * loaded       All its data files are committed. A table without data files passes through at once.
 * indexing     The keys that were left out of its CREATE TABLE are being added. One without such keys goes from loaded to done.
 * done         Row counts agree and its keys exist; the foreign keys of all tables follow.
 * failed       Something went wrong; the error says what. It stays so.
 *
 * A table that exists and is to be left alone (--drop-table=SKIP) goes from creating to done.
 *
 * S1 The state only moves along the arrows; any other move is a defect and throws.
 * S2 No data file of a table is handed out before it is created.
 * S3 Each data file is handed out exactly once, and counts as finished at most once.
 * S4 The table is loaded exactly when it is created and every file is finished.
 * S5 `reached` wakes every waiter, however many there are, and one that comes later is not kept waiting.
 * S6 After a failure every waiter, present and future, gets the error.
 * S7 The keys of a table are handed out exactly once, when it is loaded, and it is not done before they are added.
 * S8 No more files of a table are in work than it may have workers, unless one worker has taken all of them.
 * S9 `offer` says true exactly when one more worker could take a file and the table is not on offer already.
 */

const ORDER = ['not-created', 'creating', 'created', 'loading', 'loaded', 'indexing', 'done'] as const;
export type TableStateName = (typeof ORDER)[number] | 'failed';

export interface Share<File> {
  /** How many may load the table at the same time. */
  readonly maxWorkers: number;
  readonly bytesOf: (file: File) => number;
}

const NO_LIMIT: Share<unknown> = { maxWorkers: Number.POSITIVE_INFINITY, bytesOf: () => 1 };

export class TableState<File> {
  /** For messages: "`shop`.`orders`". */
  readonly label: string;
  private readonly share: Share<File>;
  private state: TableStateName = 'not-created';
  private error: Error | undefined;
  /** Files not handed out, next one last. */
  private readonly waitingFiles: File[];
  private waitingBytes = 0;
  private filesInWork = 0;
  private isOnOffer = false;
  private lacksKeys = false;
  private readonly waiters: {
    readonly wanted: number;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  constructor(label: string, files: readonly File[], share: Share<File> = NO_LIMIT) {
    this.label = label;
    this.share = share;
    this.waitingFiles = [...files].reverse();
    for (const file of files) this.waitingBytes += share.bytesOf(file);
  }

  get name(): TableStateName {
    return this.state;
  }

  /** True while there is a file that nobody has taken. */
  get hasWaitingFiles(): boolean {
    return this.waitingFiles.length > 0;
  }

  /**
   * How much one worker at least has to load before the table is through, in bytes: its part when as many work on it as may,
   * or the next file. Whoever begins with the longest ends earliest with all.
   */
  get weight(): number {
    const next = this.waitingFiles.at(-1);
    return next === undefined ? 0 : Math.max(this.waitingBytes / this.share.maxWorkers, this.share.bytesOf(next));
  }

  /** S9. Whoever is told true puts the table where workers find it; the one that finds it asks for a file. */
  offer(): boolean {
    if (this.isOnOffer || !this.hasWaitingFiles || this.filesInWork >= this.share.maxWorkers) return false;
    this.isOnOffer = true;
    return true;
  }

  /** What {@link takeFile} would hand out. */
  get nextFile(): File | undefined {
    return this.filesInWork < this.share.maxWorkers ? this.waitingFiles.at(-1) : undefined;
  }

  startCreating(): void {
    this.move('not-created', 'creating');
  }

  /** True from when the table is created without all its keys until somebody takes them. */
  get hasWaitingKeys(): boolean {
    return this.lacksKeys;
  }

  /** The table exists, all of it or without some of its keys. One without data files is loaded at once. */
  markCreated(has: 'all keys' | 'keys to come' = 'all keys'): void {
    if (this.state === 'not-created') this.move('not-created', 'creating'); // it existed before (--no-schema)
    this.move('creating', 'created');
    this.lacksKeys = has === 'keys to come';
    if (!this.hasWaitingFiles) {
      this.move('created', 'loading');
      this.move('loading', 'loaded');
    }
  }

  /**
   * Hands out the next data file; undefined when all are taken, or as many are in work as may be. Throws what the table
   * failed with.
   */
  takeFile(): File | undefined {
    if (this.error !== undefined) throw this.error;
    this.isOnOffer = false;
    if (this.position >= ORDER.indexOf('loaded')) return undefined;
    if (this.state === 'created') this.move('created', 'loading');
    if (this.state !== 'loading') throw new Error(`${this.label}: a file was asked for while ${this.state}`);
    if (this.filesInWork >= this.share.maxWorkers) return undefined;
    const file = this.waitingFiles.pop();
    if (file === undefined) return undefined;
    this.filesInWork++;
    this.waitingBytes -= this.share.bytesOf(file);
    return file;
  }

  /** Hands out the next file and all behind it, to one worker. Throws what the table failed with. */
  takeAllFiles(): File[] {
    const first = this.takeFile();
    if (first === undefined) return [];
    const files = [first, ...this.waitingFiles.splice(0).reverse()];
    this.filesInWork += files.length - 1;
    this.waitingBytes = 0;
    return files;
  }

  /** A file that was handed out is committed; true when that was the last one. */
  finishFile(): boolean {
    if (this.state !== 'loading' || this.filesInWork === 0)
      throw new Error(`${this.label}: no file is in work while ${this.state}`);
    this.filesInWork--;
    if (this.filesInWork > 0 || this.hasWaitingFiles) return false;
    this.move('loading', 'loaded');
    return true;
  }

  /** Hands out the keys that are to be added. Throws what the table failed with. */
  takeKeys(): void {
    if (this.error !== undefined) throw this.error;
    if (!this.lacksKeys) throw new Error(`${this.label}: no keys are to be added while ${this.state}`);
    this.move('loaded', 'indexing');
    this.lacksKeys = false;
  }

  /** The table and its rows stay as they are in the target. */
  markSkipped(): void {
    this.waitingFiles.length = 0;
    this.move('creating', 'done');
  }

  markDone(): void {
    if (this.lacksKeys) throw new Error(`${this.label}: cannot become done while keys are to be added`);
    this.move(this.state === 'indexing' ? 'indexing' : 'loaded', 'done');
  }

  fail(error: Error): void {
    if (this.state === 'failed' || this.state === 'done') return;
    this.state = 'failed';
    this.error = error;
    for (const { reject } of this.waiters.splice(0)) reject(error);
  }

  /** Resolves once the table is in this state or past it. */
  reached(wanted: (typeof ORDER)[number]): Promise<void> {
    if (this.error !== undefined) return Promise.reject(this.error);
    const at = ORDER.indexOf(wanted);
    if (this.position >= at) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.push({ wanted: at, resolve, reject }));
  }

  private get position(): number {
    return this.state === 'failed' ? -1 : ORDER.indexOf(this.state);
  }

  private move(from: TableStateName, to: (typeof ORDER)[number]): void {
    if (this.state !== from) throw new Error(`${this.label}: cannot become ${to} while ${this.state}`);
    this.state = to;
    if (this.waiters.length === 0) return;
    const { position } = this;
    const due = this.waiters.filter(({ wanted }) => wanted <= position);
    const later = this.waiters.filter(({ wanted }) => wanted > position);
    this.waiters.splice(0, this.waiters.length, ...later);
    for (const { resolve } of due) resolve();
  }
}
