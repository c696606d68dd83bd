import { Turns } from '../../base/turns.ts';
import type { Statement } from '../../format/statements.ts';

/**
 * Statements that are read while they are sent need some 40 MiB each, for a packet of 16 MiB is told its length before it
 * leaves. Eight connections with statements of 16 MB took 400 MB of memory together, with three of them under way 300 MB.
 */
const LONG_AT_A_TIME = 2;
/** Of all files that are being read. */
const longOnes = new Turns(LONG_AT_A_TIME);

/** The statements of a file, of which one can be looked at before it is taken. A long one is lent when its turn has come. */
export class StatementSource {
  private readonly statements: AsyncGenerator<Statement>;
  private next: Promise<Statement | undefined> | undefined;
  private hasTurn = false;
  private isClosed = false;

  constructor(statements: AsyncGenerator<Statement>) {
    this.statements = statements;
  }

  /** The statement that comes next, again and again until it is taken; undefined at the end of the file. */
  peek(): Promise<Statement | undefined> {
    this.next ??= this.read();
    return this.next;
  }

  /** To be called when the statement that was looked at is dealt with; its `rest` has been read to its end. */
  take(): void {
    this.next = undefined;
    this.endTurn();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.endTurn();
    await this.statements.return(undefined);
  }

  private async read(): Promise<Statement | undefined> {
    const result = await this.statements.next();
    if (result.done === true) return undefined;
    if (result.value.rest !== undefined) {
      await longOnes.take();
      this.hasTurn = true;
      if (this.isClosed) this.endTurn(); // nobody wants it any more
    }
    return result.value;
  }

  private endTurn(): void {
    if (this.hasTurn) longOnes.give();
    this.hasTurn = false;
  }
}
