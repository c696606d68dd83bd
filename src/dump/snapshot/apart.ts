/**
 * Apart: tables that no snapshot covers, because their engines know no transactions. They are locked while everything
 * stands still, one by one, so that only their own writers go on waiting once the rest of the server writes again; they
 * are read first, and let go as soon as the last of them is read.
 *
 * Readers are not held up by writers that wait for such a lock (tried on MySQL 9.7, MariaDB 10.11 and 11.8).
 */
import { performance } from 'node:perf_hooks';

import { ToolError } from '../../base/errors.ts';
import type { Emit } from '../../base/events.ts';

export interface ApartLock {
  readonly kind: string;
  /** By qualified and quoted name. */
  readonly tables: Iterable<string>;
  readonly unlock: () => Promise<void>;
  readonly emit: Emit;
}

export class TablesApart {
  readonly kind: string;
  /** By qualified and quoted name. */
  readonly tables: ReadonlySet<string>;
  private readonly lock: ApartLock;
  private readonly lockedAt = performance.now();
  private unread: Set<string> | undefined;
  private released: Promise<void> | undefined;
  private heldForMs = 0;

  constructor(lock: ApartLock) {
    this.lock = lock;
    this.kind = lock.kind;
    this.tables = new Set(lock.tables);
  }

  get isHeld(): boolean {
    return this.released === undefined;
  }

  /** How long these tables' writers were held up. */
  get heldMs(): number {
    return this.heldForMs;
  }

  /** Those that will be read; when there are none, there is nothing to wait for. */
  expect(tables: Iterable<string>): void {
    this.unread = new Set([...tables].filter((table) => this.tables.has(table)));
    if (this.unread.size === 0) this.release();
  }

  /** All rows of the table are read, or it is given up. */
  done(table: string): void {
    if (this.unread?.delete(table) === true && this.unread.size === 0) this.release();
  }

  /** Resolves when the lock is gone. @throws ToolError CONSISTENCY when it was lost before its time. */
  async end(): Promise<void> {
    if (this.released === undefined) this.release();
    await this.released;
  }

  private release(): void {
    if (this.released !== undefined) return;
    this.released = this.lock.unlock().then(
      () => {
        this.heldForMs = performance.now() - this.lockedAt;
        this.lock.emit({ type: 'lock', state: 'released', kind: this.kind, heldMs: this.heldForMs });
      },
      (error: unknown) => {
        throw new ToolError('CONSISTENCY', `lost ${this.kind} while these tables were read`, { cause: error });
      },
    );
    this.released.catch(() => undefined); // thrown by `end`
  }
}
