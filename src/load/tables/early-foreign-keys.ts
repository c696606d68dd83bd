/**
 * Foreign keys that are part of CREATE TABLE: 6,111 tables, each with a key to the one before, are created with them in 31 s on
 * two cores, where CREATE alone takes 25 s and adding the keys 41 s more (MySQL 9.7). Tables that are related are created side by side, but can only be altered one after the other (foreign-keys.ts).
 *
 * Only those between tiny tables that this load creates with all their other keys: nothing of them is altered, and none of
 * their rows are there, while tables are created.
 *
 * MySQL only: it gives whoever creates a table its parents and children alone. MariaDB does not: a parent and a child created at the
 * same moment do not see each other, and a key between columns of other types stands there, unnoticed (11.8, one load in five).
 *
 * A parent may be created behind its children: servers allow that without foreign_key_checks. One that is refused then may
 * be refused for what refers to it: these keys are given up, and added at the end, where a refusal is told and ends nothing.
 */
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { parseForeignKey } from '../../schema/foreign-key.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import type { DumpTable } from '../contents.ts';
import type { ForeignKeys } from '../foreign-keys.ts';
import { hasKeysLater } from '../keys.ts';
import type { LoadOptions } from '../options.ts';
import type { Target } from '../target.ts';

/** A key of another table, by which it refers to the one that is asked about. */
interface Reference {
  readonly table: DumpTable;
  readonly name: string;
  readonly clause: Buffer;
}

/** Of rows as they lie in the files: less work than to create the table, until whose end they wait. */
const TINY_BYTES = 32 * 1024;

const NOT_THERE: ReadonlySet<number> = new Set([ServerErrno.ER_NO_SUCH_TABLE, ServerErrno.ER_CANT_DROP_FIELD_OR_KEY]);

export class EarlyForeignKeys {
  private readonly target: Target;
  /** Of the tables that may have and be referred to by such keys, and what refers to them. */
  private readonly references: ReadonlyMap<string, Reference[]>;
  private readonly givenUp = new Set<Buffer>();

  constructor(target: Target, { product }: ServerInfo, tables: readonly DumpTable[], options: LoadOptions) {
    this.target = target;
    const isFor = (table: DumpTable): boolean =>
      product === 'MySQL' &&
      options.without?.has('foreign keys') !== true &&
      table.whenPresent === undefined &&
      table.storedBytes <= TINY_BYTES &&
      !hasKeysLater(table, options) &&
      (options.dropTable === 'DROP' || !target.has(table.database, table.name));
    this.references = new Map(tables.filter(isFor).map(({ database, name }) => [target.key(database, name), []]));
  }

  /**
   * The rows of such a table wait until all tables are created: whoever creates a table that refers to it must have it alone,
   * and both would wait for each other.
   */
  holdsRowsOf({ database, name }: DumpTable): boolean {
    return this.references.has(this.target.key(database, name));
  }

  /** Whether a table may have them all from the beginning; if so, it is taken to have them from now on. */
  take(table: DumpTable, clauses: readonly Buffer[]): boolean {
    if (!this.holdsRowsOf(table)) return false;
    const found = clauses.map((clause) => {
      const key = parseForeignKey(clause);
      const parent = key && this.target.key(key.parentDatabase ?? table.database, key.parentTable);
      return { name: key?.name, clause, references: this.references.get(parent ?? '') };
    });
    if (found.some(({ name, references }) => name === undefined || references === undefined)) return false;
    // Added later under a character set that is known (constraints.ts).
    if (clauses.some((clause) => clause.some((byte) => byte >= 0x80))) return false;
    for (const { name = '', clause, references } of found) references?.push({ table, name, clause });
    return true;
  }

  /** Gives up the keys by which tables, others and it itself, were created to refer to a table. False: there were none. */
  async dropReferences(session: Session, { database, name: parent }: DumpTable): Promise<boolean> {
    const references = this.references.get(this.target.key(database, parent))?.splice(0) ?? [];
    for (const { table, name, clause } of references) {
      this.givenUp.add(clause);
      const label = quoteQualified(table.database, table.name);
      const sql = `ALTER TABLE ${label} DROP FOREIGN KEY ${quoteName(name)}`;
      try {
        await saying(`dropping a foreign key of ${label}`, () => session.execute(sql));
      } catch (error) {
        // It was refused, or is not created yet, and then without its parent.
        if (!NOT_THERE.has(serverErrno(error) ?? 0)) throw error;
      }
    }
    return references.length > 0;
  }

  /** The same keys, those that were given up among those that are to be added. */
  settled({ table, clauses, present = [] }: ForeignKeys): ForeignKeys {
    const isGone = (clause: Buffer): boolean => this.givenUp.has(clause);
    return {
      table,
      clauses: [...clauses, ...present.filter(isGone)],
      present: present.filter((clause) => !isGone(clause)),
    };
  }
}
