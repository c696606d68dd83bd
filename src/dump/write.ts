/**
 * Write: rows as raw packets → data files, and what belongs beside them.
 *
 * In: the packets of one SELECT, cut anywhere. Out: complete files under their final names, or none. Text leaves the
 * kernel a window at a time. Plain text goes into the file at once. To be compressed, a window goes to the pool while the
 * next one fills, and is written in order; when all windows are busy `take` waits, and with it the socket: nothing queues.
 */
import { ToolError } from '../base/errors.ts';
import { packFile } from '../format/codec.ts';
import { AtomicFile, writeSmallFile } from '../format/files.ts';
import { fileName } from '../format/names.ts';
import { ProgramPipe } from '../format/program-codec.ts';
import { hexadecimal, storedHashOf } from '../kernel/stored-hash.ts';
import type { StoredHash } from '../kernel/stored-hash.ts';
import { Stop } from '../kernel/kernel.ts';
import type { RowKernel } from '../kernel/kernel.ts';
import type { RowSink } from '../mysql/session.ts';
import { statementHeader } from './row-form.ts';
import type { RowForm } from './row-form.ts';
import { Counter } from './task.ts';
import type { DataTask, WorkerSetup, WrittenFile } from './task.ts';

const FREE = Promise.resolve();

interface OpenFile {
  readonly file: AtomicFile;
  readonly hash: StoredHash;
  /** What the text goes through; undefined: through none of the operator's programs. */
  readonly pipe: ProgramPipe | undefined;
  /** Text given to the file so far. */
  bytes: number;
  /** kernel.rows when the file began. */
  readonly firstRow: number;
  /** Settles when everything given so far is in the file. */
  written: Promise<void>;
}

export class DataWriter implements RowSink {
  private readonly setup: WorkerSetup;
  private readonly task: DataTask;
  private readonly kernel: RowKernel;
  private readonly form: RowForm;
  private readonly windowFree: Promise<void>[];
  private readonly finished: Promise<WrittenFile>[] = [];
  private readonly committed: Promise<void>[] = [];
  private window = 0;
  private subPart = 0;
  private countedRows = 0;
  private open: OpenFile | undefined;
  /** Rows and text of the file being filled, which is created with its first full window. */
  private fileBytes = 0;
  private fileFirstRow = 0;
  /** kernel.hashOfRows when that file began. */
  private hashOfRowsBefore = 0n;

  /** The kernel is told already what rows it will get. */
  constructor(setup: WorkerSetup, task: DataTask, { kernel, form }: { kernel: RowKernel; form: RowForm }) {
    this.setup = setup;
    this.task = task;
    this.kernel = kernel;
    this.form = form;
    this.windowFree = Array.from<Promise<void>>({ length: kernel.outputWindows }).fill(FREE);
    kernel.openWindow(0, this.fileRoom(0));
    kernel.put(form.header);
  }

  /** Most results are one chunk that fills no window: no promise is made for those. */
  take(bytes: Buffer): Buffer | undefined | Promise<Buffer | undefined> {
    const offset = this.kernel.fill(bytes, 0);
    const stop = this.kernel.run();
    if (stop === Stop.END_OF_ROWS) return this.unread(bytes, offset);
    return stop === Stop.NEED_INPUT && offset === bytes.length ? undefined : this.takeOn(bytes, offset, stop);
  }

  /**
   * Ends the last file and resolves when everything is written, so that the kernel is free. A result without rows leaves
   * no file. Until `durable` settles, files are still being flushed and given their names.
   */
  async finish(): Promise<readonly WrittenFile[]> {
    if (this.open === undefined && this.finished.length === 0) return this.writeWhole();
    await this.endFile();
    return Promise.all(this.finished);
  }

  /** Settles when every file has its name. The disk works on it while the connection reads on. */
  get durable(): Promise<void> {
    return Promise.all(this.committed).then(() => undefined);
  }

  /** Removes what is not complete; files that are stay, the dump as a whole is void without its metadata. */
  async abort(): Promise<void> {
    await this.open?.pipe?.stop();
    await Promise.allSettled(this.windowFree);
    await Promise.allSettled(this.committed);
    this.open?.hash.drop();
    this.open?.file.abort();
  }

  /** Runs the kernel on from where it stopped, to the end of the rows or of the bytes, which are in its window up to `offset`. */
  private async takeOn(bytes: Buffer, offset: number, stopped: Stop): Promise<Buffer | undefined> {
    for (let at = offset, stop = stopped; ; stop = this.kernel.run()) {
      switch (stop) {
        case Stop.NEED_INPUT:
          if (at === bytes.length) return undefined;
          at += this.kernel.fill(bytes, at);
          break;
        case Stop.NEED_ROOM:
          await this.flushWindow();
          break;
        case Stop.FILE_FULL:
          await this.endFile();
          this.kernel.put(this.form.header);
          break;
        case Stop.END_OF_ROWS:
          return this.unread(bytes, at);
        case Stop.MALFORMED:
          throw new ToolError(
            'SERVER_GONE',
            `the server sent malformed rows of ${this.task.database}.${this.task.table}`,
          );
      }
    }
  }

  private unread(bytes: Buffer, offset: number): Buffer {
    return Buffer.concat([this.kernel.unread(), bytes.subarray(offset)]);
  }

  /** The file of a result that is in one window still: too small to be flushed by itself, so that it has its name at once. */
  private async writeWhole(): Promise<readonly WrittenFile[]> {
    this.kernel.endStatement();
    const { rows } = this.kernel;
    if (rows === 0) return []; // nothing but a header
    const text = this.kernel.takeWindow(1 % this.windowFree.length, () => this.fileRoom(0));
    const name = this.nameOf(this.form.file);
    const stored = this.setup.codec === 'none' ? text : await packFile(text, name, this.setup);
    writeSmallFile(this.setup.directory, name, stored);
    this.setup.counters[Counter.STORED_BYTES]! += stored.length;
    this.count(text.length);
    const hash = this.kernel.beginStoredHash();
    hash.add(stored);
    const file = {
      name,
      storedBytes: stored.length,
      xxh3: hash.end(),
      rowHash: this.takeRowHash(),
      bytes: text.length,
      rows,
      longestStatementBytes: this.longestStatementBytes,
    };
    if (this.form.statementBeside === undefined) return [file];
    await this.writeBeside(name);
    return [file, ...(await Promise.all(this.finished))];
  }

  /** Sends the window on its way and opens the next one, for the same file or for a new one. */
  private async flushWindow(endsFile = false): Promise<void> {
    const filled = this.window;
    this.window = (filled + 1) % this.windowFree.length;
    await this.windowFree[this.window];
    const text = this.kernel.takeWindow(this.window, (taken) =>
      endsFile ? this.fileRoom(-this.fileBytes) : this.fileRoom(taken),
    );
    if (text.length === 0) return;
    this.open ??= this.createFile();
    this.windowFree[filled] = this.send(text, this.open);
    this.count(text.length);
  }

  private async endFile(): Promise<void> {
    this.kernel.endStatement();
    if (this.kernel.rows === this.fileFirstRow) return; // nothing but a header
    await this.flushWindow(true);
    const { open } = this;
    if (open === undefined) throw new ToolError('INTERNAL', 'a data file has rows but was never opened');
    const rows = this.kernel.rows - open.firstRow;
    const { file } = open;
    const { longestStatementBytes } = this;
    const rowHash = this.takeRowHash();
    const finished = open.written.then(async () => {
      await open.pipe?.end();
      const { name, storedBytes } = file;
      return { name, storedBytes, xxh3: open.hash.end(), rowHash, bytes: open.bytes, rows, longestStatementBytes };
    });
    const committed = finished.then(() => file.commit());
    leaveToAwaiter(committed);
    this.finished.push(finished);
    this.committed.push(committed);
    if (open.pipe !== undefined) await finished; // or programs would pile up
    await this.writeBeside(file.name);
    this.open = undefined;
    this.subPart++;
    this.fileBytes = 0;
    this.fileFirstRow = this.kernel.rows;
  }

  /** The statement that reads a file of bare rows. */
  private async writeBeside(dataName: string): Promise<void> {
    const statement = this.form.statementBeside?.(dataName);
    if (statement === undefined) return;
    const text = Buffer.concat([statementHeader(this.setup, this.task), statement, Buffer.from(';\n')]);
    const name = this.nameOf('sql');
    const stored = await packFile(text, name, this.setup);
    writeSmallFile(this.setup.directory, name, stored);
    const longestStatementBytes = statement.length;
    const written = { name, storedBytes: stored.length, xxh3: storedHashOf(stored), bytes: text.length, rows: 0 };
    this.finished.push(Promise.resolve({ ...written, longestStatementBytes }));
  }

  /** Hands a window to the file, by way of the compressor; the promise settles when the window is free again. */
  private send(text: Uint8Array, open: OpenFile): Promise<void> {
    open.bytes += text.length;
    this.fileBytes += text.length;
    if (this.setup.codec === 'none') {
      this.store(text, open);
      return open.written;
    }
    if (open.pipe !== undefined) {
      const taken = open.pipe.write(text);
      open.written = Promise.all([taken, open.written]).then(() => undefined);
      leaveToAwaiter(open.written);
      return open.written;
    }
    const packed = packFile(text, open.file.name, this.setup);
    open.written = Promise.all([packed, open.written]).then(([block]) => this.store(block, open));
    leaveToAwaiter(open.written);
    return open.written;
  }

  /** Plain text is hashed where it lies, while it is in the core's cache. */
  private store(bytes: Uint8Array, { file, hash }: Pick<OpenFile, 'file' | 'hash'>): void {
    hash.add(bytes);
    file.write(bytes);
    this.setup.counters[Counter.STORED_BYTES]! += bytes.length;
  }

  private createFile(): OpenFile {
    const file = AtomicFile.create(this.setup.directory, this.nameOf(this.form.file));
    const hash = this.kernel.beginStoredHash();
    const { codec } = this.setup;
    const pipe =
      typeof codec === 'string'
        ? undefined
        : new ProgramPipe(codec, file.name, (bytes) => this.store(bytes, { file, hash }));
    return { file, hash, pipe, bytes: 0, firstRow: this.fileFirstRow, written: Promise.resolve() };
  }

  /** Of the rows since the last call. */
  private takeRowHash(): string {
    const { hashOfRows } = this.kernel;
    const rowHash = hexadecimal(hashOfRows - this.hashOfRowsBefore);
    this.hashOfRowsBefore = hashOfRows;
    return rowHash;
  }

  private nameOf(form: 'sql' | 'dat'): string {
    const { encodedDatabase: database, encodedTable: table, part } = this.task;
    const { codec } = this.setup;
    return fileName({ kind: 'data', database, table, part, subPart: this.subPart, form, codec });
  }

  /** Of the rows so far; undefined for bare rows. */
  private get longestStatementBytes(): number | undefined {
    return this.form.file === 'sql' ? this.kernel.longestStatementBytes : undefined;
  }

  private fileRoom(takenBytes: number): number {
    const { maxFileBytes } = this.setup;
    return maxFileBytes === undefined ? Infinity : Math.max(0, maxFileBytes - this.fileBytes - takenBytes);
  }

  private count(bytes: number): void {
    this.setup.counters[Counter.BYTES]! += bytes;
    this.setup.counters[Counter.ROWS]! += this.kernel.rows - this.countedRows;
    this.countedRows = this.kernel.rows;
  }
}

/** The promise is awaited later, when its window is needed or its file ends; until then it must not count as unhandled. */
function leaveToAwaiter(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
