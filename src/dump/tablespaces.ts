/**
 * Tablespaces: the general ones of MySQL, which belong to the server and are not dumped. The tables that lie in them are
 * named, for a target without such a tablespace gives them a file of their own.
 */
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { Task, TaskResult } from './task.ts';

export class Tablespaces {
  /** Qualified and quoted names of tables, by tablespace. */
  private readonly tables = new Map<string, string[]>();

  note(task: Task, { tablespace }: TaskResult): void {
    if (tablespace === undefined || task.kind !== 'table') return;
    const name = quoteQualified(task.database, task.name);
    const known = this.tables.get(tablespace);
    if (known === undefined) this.tables.set(tablespace, [name]);
    else known.push(name);
  }

  /** When all definitions are read. */
  tell(emit: Emit): void {
    for (const [tablespace, tables] of this.tables) {
      const message =
        `tablespace ${quoteName(tablespace)} is not dumped: without one of that name the target gives ` +
        `${someOf(tables)} a file of their own`;
      emit({ type: 'warning', message });
    }
  }
}
