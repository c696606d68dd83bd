/** A piece of a corpus: tables, or whatever a database holds, that must come back from a dump as they were. */

import type { TestServer } from '../servers.ts';

export interface Piece {
  /** What comes back, as a user would put it. */
  readonly what: string;
  /**
   * Fills a database of its own, under sql_mode NO_AUTO_VALUE_ON_ZERO. `{db}` stands for the database's name, `{other}`
   * for that of a second one beside it, which exists where the text has it.
   */
  readonly sql: string;
  /** Only servers of this product have it. */
  readonly on?: 'MySQL' | 'MariaDB';
  /** Only servers from this version on have it: 11.8 is 1108. */
  readonly since?: number;
  /** What the run must name as not carried; the rest comes back equal. */
  readonly skipped?: readonly string[];
}

/** The pieces that a server can hold. */
export function piecesFor(pieces: readonly Piece[], server: TestServer): Piece[] {
  const [major = 0, minor = 0] = server.version.split('.').map(Number);
  return pieces.filter(
    ({ on, since }) => (on === undefined || on === server.product) && major * 100 + minor >= (since ?? 0),
  );
}
