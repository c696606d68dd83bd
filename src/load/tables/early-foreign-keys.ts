/**
 * Foreign keys that are part of CREATE TABLE: 6,111 tables, each with a key to the one before, are created with them in 31 s on
 * two cores, where CREATE alone takes 25 s and adding the keys 41 s more (MySQL 9.7; MariaDB 10.11: 0.1 ms a key instead of
 * 0.9 ms). Tables that are related are created side by side, but can only be altered one after the other (foreign-keys.ts).
 *
 * Only those between tiny tables that this load creates with all their other keys: nothing of them is altered, and none of
 * their rows are there, while tables are created.
 *
 * A parent may be created behind its children: servers allow that without foreign_key_checks. One that is refused then may
 * be refused for what refers to it: these keys are given up, and added at the end, where a refusal is told and ends nothing.
 */
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
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

/** Of rows as they lie in the files: less work than to create the table. */
const TINY_BYTES = 32 * 1024;

/**
 * The rows of such a table wait until all tables are created: whoever creates a table that refers to it must have it alone, and
 * both would wait for each other. 400 tables of 20 rows took MariaDB 10.11 9 s of CPU so, two thirds of it in waiting.
 */
export function isTiny({ storedBytes }: DumpTable): boolean {
  return storedBytes <= TINY_BYTES;
}

const NOT_THERE: ReadonlySet<number> = new Set([ServerErrno.ER_NO_SUCH_TABLE, ServerErrno.ER_CANT_DROP_FIELD_OR_KEY]);

export class EarlyForeignKeys {
  private readonly target: Target;
  /** Of the tables that may have and be referred to by such keys, and what refers to them. */
  private readonly references: ReadonlyMap<string, Reference[]>;
  private readonly givenUp = new Set<Buffer>();

  constructor(target: Target, tables: readonly DumpTable[], options: LoadOptions) {
    this.target = target;
    const isFor = (table: DumpTable): boolean =>
      options.without?.has('foreign keys') !== true &&
      table.whenPresent === undefined &&
      isTiny(table) &&
      !hasKeysLater(table, options) &&
      (options.dropTable === 'DROP' || !target.has(table.database, table.name));
    this.references = new Map(tables.filter(isFor).map(({ database, name }) => [target.key(database, name), []]));
  }

  /** Whether a table may have them all from the beginning; if so, it is taken to have them from now on. */
  take(table: DumpTable, clauses: readonly Buffer[]): boolean {
    if (!this.references.has(this.target.key(table.database, table.name))) return false;
    const found = clauses.map((clause) => {
      const key = parseForeignKey(clause);
      const parent = key && this.target.key(key.parentDatabase ?? table.database, key.parentTable);
      return { name: key?.name, clause, references: this.references.get(parent ?? '') };
    });
    if (found.some(({ name, references }) => name === undefined || references === undefined)) return false;
    // As binary, MariaDB takes a referenced `é` for two letters of latin1.
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
