/**
 * Key builds: when the keys of a loaded table are added, which share the connections with rows of other tables.
 *
 * In: tables in the order in which they are loaded. Out: `start` is called for each; nobody waits in here.
 *
 * K1 A table is started exactly once, in the order of arrival.
 * K2 Not more than `besideRows` are under way while rows of other tables are to be loaded, not more than `atTheEnd` afterwards.
 * K3 A table is started the moment K2 allows it.
 */
export interface BuildLimits {
  readonly besideRows: number;
  readonly atTheEnd: number;
}

export class KeyBuilds<Table> {
  private readonly limits: BuildLimits;
  private readonly start: (table: Table) => void;
  private readonly waiting: Table[] = [];
  private next = 0;
  private underWay = 0;
  private hasRows = true;

  constructor(limits: BuildLimits, start: (table: Table) => void) {
    this.limits = limits;
    this.start = start;
  }

  /** The rows of a table are there. */
  add(table: Table): void {
    this.waiting.push(table);
    this.startSome();
  }

  /** The keys of a table that was started are there. */
  finish(): void {
    this.underWay--;
    this.startSome();
  }

  /** The rows of all tables are there. */
  endRows(): void {
    this.hasRows = false;
    this.startSome();
  }

  private startSome(): void {
    const limit = this.hasRows ? this.limits.besideRows : this.limits.atTheEnd;
    while (this.underWay < limit && this.next < this.waiting.length) {
      const table = this.waiting[this.next++] as Table;
      this.underWay++;
      this.start(table);
    }
  }
}
