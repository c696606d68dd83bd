import type { Emit } from '../base/events.ts';
import { quoteQualified } from '../schema/names.ts';
import type { DumpPlan } from './plan.ts';
import { Counter } from './task.ts';
import type { Task, TaskResult } from './task.ts';

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
  private readonly rowsByTable = new Map<string, { chunksLeft: number; rows: number }>();
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

  end(lane: number, job: readonly Task[], results: readonly TaskResult[]): void {
    this.activities[lane] = '';
    job.forEach((task, index) => {
      if (task.kind !== 'data') return;
      const table = quoteQualified(task.database, task.table);
      const seen = this.rowsByTable.get(table) ?? { chunksLeft: task.chunks, rows: 0 };
      seen.chunksLeft--;
      for (const { rows } of results[index]?.files ?? []) seen.rows += rows;
      if (seen.chunksLeft > 0) {
        this.rowsByTable.set(table, seen);
        return;
      }
      this.rowsByTable.delete(table);
      this.tablesDone++;
      this.emit({ type: 'table-done', table, rows: seen.rows });
      this.onTableRead(table);
    });
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
