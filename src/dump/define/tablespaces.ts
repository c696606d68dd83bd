/**
 * Tablespaces: the general ones of MySQL, which belong to the server and are not dumped. The tables that lie in them are
 * named, for a target without such a tablespace gives them a file of their own.
 */
import type { Emit } from '../../base/events.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import type { Task, TaskResult } from '../task.ts';

export class Tablespaces {
  /** Qualified and quoted names of tables, by tablespace. */
  private readonly tables = new Map<string, string[]>();

  note(task: Task, { tablespace }: TaskResult): void {
    if (tablespace === undefined || task.kind !== 'table') return;
    const name = quoteQualified(task.database, task.name);
    this.tables.set(tablespace, [...(this.tables.get(tablespace) ?? []), name]);
  }

  /** When all definitions are read. */
  tell(emit: Emit): void {
    for (const [tablespace, tables] of this.tables) {
      const more = tables.length > 3 ? ` and ${tables.length - 3} more` : '';
      const message =
        `tablespace ${quoteName(tablespace)} is not dumped: without one of that name the target gives ` +
        `${tables.slice(0, 3).join(', ')}${more} a file of their own`;
      emit({ type: 'warning', message });
    }
  }
}
