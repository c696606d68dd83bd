import type { Emit } from '../../base/events.ts';
import type { DumpFile } from '../contents.ts';

/** How often listeners hear of progress. */
const INTERVAL_MS = 200;

export interface LoadTotals {
  readonly tables: number;
  readonly rows: number;
  readonly storedBytes: number;
}

/** Keeps the numbers of a running load and tells them to the listeners. */
export class LoadProgress {
  rows = 0;
  bytes = 0;
  tablesDone = 0;
  tablesCreated = 0;
  private readonly totals: LoadTotals;
  private readonly emit: Emit;
  private readonly timer: NodeJS.Timeout;
  private readonly activities: string[] = [];
  /** Of `bytes`, what each lane has sent and not committed. */
  private readonly openBytes: number[] = [];
  private storedBytes = 0;
  /** Of files in work, how much was read: a file that is tried again is not counted twice. */
  private readonly readBytes = new Map<DumpFile, number>();

  constructor(totals: LoadTotals, emit: Emit) {
    this.totals = totals;
    this.emit = emit;
    this.timer = setInterval(() => this.tell(), INTERVAL_MS);
  }

  begin(lane: number, activity: string): void {
    this.activities[lane] = activity;
  }

  rest(lane: number): void {
    this.activities[lane] = '';
  }

  end(lane: number, file: DumpFile): void {
    this.rest(lane);
    this.readBytes.delete(file);
    this.storedBytes += file.storedBytes;
  }

  read(file: DumpFile, bytes: number): void {
    this.readBytes.set(file, Math.min(file.storedBytes, (this.readBytes.get(file) ?? 0) + bytes));
  }

  /** The file is read from its beginning once more. */
  readAgain(file: DumpFile): void {
    this.readBytes.delete(file);
  }

  sent(lane: number, bytes: number): void {
    this.bytes += bytes;
    this.openBytes[lane] = (this.openBytes[lane] ?? 0) + bytes;
  }

  committed(lane: number, rows: number): void {
    this.rows += rows;
    this.openBytes[lane] = 0;
  }

  /** What the lane has sent and not committed is rolled back. */
  takeBack(lane: number): void {
    this.bytes -= this.openBytes[lane] ?? 0;
    this.openBytes[lane] = 0;
  }

  tableDone(table: string, rows: number): void {
    this.tablesDone++;
    this.emit({ type: 'table-done', table, rows });
  }

  get readStoredBytes(): number {
    let bytes = this.storedBytes;
    for (const part of this.readBytes.values()) bytes += part;
    return bytes;
  }

  stop(): void {
    clearInterval(this.timer);
    this.tell();
  }

  private tell(): void {
    this.emit({
      type: 'progress',
      progress: {
        tablesDone: this.tablesDone,
        tablesTotal: this.totals.tables,
        tablesCreated: this.tablesCreated,
        rowsDone: this.rows,
        rowsTotal: this.totals.rows,
        bytesDone: this.bytes,
        storedBytes: this.readStoredBytes,
        storedBytesTotal: this.totals.storedBytes,
        activities: this.activities.map((activity) => activity ?? ''),
      },
    });
  }
}
