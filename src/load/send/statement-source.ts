import type { Statement } from '../../format/statements.ts';

/** The statements of a file, of which one can be looked at before it is taken. */
export class StatementSource {
  private readonly statements: AsyncGenerator<Statement>;
  private next: Promise<IteratorResult<Statement, unknown>> | undefined;

  constructor(statements: AsyncGenerator<Statement>) {
    this.statements = statements;
  }

  /** The statement that comes next, again and again until it is taken; undefined at the end of the file. */
  async peek(): Promise<Statement | undefined> {
    this.next ??= this.statements.next();
    const result = await this.next;
    return result.done === true ? undefined : result.value;
  }

  /** To be called when the statement that was looked at is dealt with; its `rest` has been read to its end. */
  take(): void {
    this.next = undefined;
  }

  async close(): Promise<void> {
    await this.statements.return(undefined);
  }
}
