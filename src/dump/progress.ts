import type { Emit } from '../base/events.ts';
import { quoteQualified } from '../schema/names.ts';
import type { Table } from '../schema/table.ts';
import type { DumpPlan } from './plan.ts';
import { Counter } from './task.ts';

/** How often listeners hear of progress; the counters are shared memory, so no worker is asked for them. */
const INTERVAL_MS = 200;

/** Keeps the numbers of a running dump and tells them to the listeners. */
export class DumpProgress {
  private readonly plan: DumpPlan;
  private readonly counters: readonly Float64Array[];
  private readonly emit: Emit;
  private readonly onTableRead: (qualifiedName: string) => void;
  private readonly timer: NodeJS.Timeout;
  private readonly activities: string[] = [];
  private tablesDone = 0;

  constructor(
    plan: DumpPlan,
    counters: readonly Float64Array[],
    emit: Emit,
    onTableRead: (qualifiedName: string) => void,
  ) {
    this.plan = plan;
    this.counters = counters;
    this.emit = emit;
    this.onTableRead = onTableRead;
    this.timer = setInterval(() => this.tell(), INTERVAL_MS);
  }

  begin(lane: number, activity: string): void {
    this.activities[lane] = activity;
  }

  end(lane: number): void {
    this.activities[lane] = '';
  }

  tableDone({ database, name }: Table, rows: number): void {
    this.tablesDone++;
    const table = quoteQualified(database, name);
    this.emit({ type: 'table-done', table, rows });
    this.onTableRead(table);
  }

  stop(): void {
    clearInterval(this.timer);
    this.tell();
  }

  private tell(): void {
    const sum = (slot: number): number => this.counters.reduce((total, counters) => total + (counters[slot] ?? 0), 0);
    this.emit({
      type: 'progress',
      progress: {
        tablesDone: this.tablesDone,
        tablesTotal: this.plan.dataTables,
        rowsDone: sum(Counter.ROWS),
        rowsTotal: this.plan.estimatedRows,
        bytesDone: sum(Counter.BYTES),
        storedBytes: sum(Counter.STORED_BYTES),
        storedBytesTotal: 0,
        activities: this.activities.map((activity) => activity ?? ''),
      },
    });
  }
}
