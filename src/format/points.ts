/** Points: what a reader of a dump says where its tables are of several points in time. */
import type { BinlogPosition } from '../base/events.ts';
import type { ManifestEntry, ManifestHead } from './manifest.ts';

/** Counts the tables of each point as the entries of a manifest pass. */
export class PointCounts {
  private readonly points: NonNullable<ManifestHead['points']>;
  private readonly tables: number[];

  constructor({ points = [] }: ManifestHead) {
    this.points = points;
    this.tables = points.map(() => 0);
  }

  add(entry: ManifestEntry): void {
    if (!('table' in entry)) return;
    const point = entry.point ?? this.points.length - 1;
    if (point in this.tables) this.tables[point]! += 1;
  }

  /** Undefined: all tables are of one point. To be asked when all entries have passed. */
  get warning(): string | undefined {
    if (this.points.length < 2) return undefined;
    const each = this.points.map(
      (point, index) => `${this.tables[index]} of ${point.startedAt.slice(0, 19)} UTC${place(point.position)}`,
    );
    return `the tables of this dump are of ${each.length} points in time, because it was resumed: ${each.join(', ')}; rows that belong together may not fit, and no binlog position is that of all`;
  }
}

function place({ file, position }: BinlogPosition): string {
  return file === undefined ? '' : ` (${file}:${position})`;
}
