/**
 * Where bare rows end, so that the text of a file can be cut between two of them.
 *
 * In: chunks of the text, cut anywhere. Out: of each, how much lies before the end of the last row that ends within it. Where
 * values are not enclosed a look at the last bytes tells; else all of the text has to be read, by the kernel, at 1.3 GB/s.
 */
import type { Separators } from '../../base/separators.ts';
import type { BareLayout } from '../../kernel/insert-from-rows.ts';
import { BareRows, BareStop } from '../../kernel/insert-from-rows.ts';

export interface RowEnds {
  /** Undefined: no row ends there, or none that is known to. */
  lastIn(chunk: Buffer): number | undefined;
}

export function rowEndsOf(layout: BareLayout | undefined): RowEnds {
  if (layout === undefined) return { lastIn: () => undefined };
  return isPlain(layout.separators) ? new PlainEnds(layout.separators) : new EnclosedEnds(layout);
}

/** Whether a line's end that is not escaped is always the end of a row. */
function isPlain({ fieldsEnclosedBy, fieldsTerminatedBy, linesStartingBy, linesTerminatedBy }: Separators): boolean {
  const first = linesTerminatedBy.charAt(0);
  const others = fieldsTerminatedBy + linesStartingBy + linesTerminatedBy.slice(1);
  return fieldsEnclosedBy === '' && !others.includes(first);
}

class PlainEnds implements RowEnds {
  private readonly lineEnd: Buffer;
  private readonly escape: number | undefined;

  constructor({ linesTerminatedBy, fieldsEscapedBy }: Separators) {
    this.lineEnd = Buffer.from(linesTerminatedBy, 'latin1');
    this.escape = fieldsEscapedBy === '' ? undefined : fieldsEscapedBy.charCodeAt(0);
  }

  lastIn(chunk: Buffer): number | undefined {
    for (let at = chunk.lastIndexOf(this.lineEnd); at > 0; at = chunk.lastIndexOf(this.lineEnd, at - 1)) {
      let escapes = 0;
      while (escapes < at && chunk[at - 1 - escapes] === this.escape) escapes++;
      // As many as reach back into the chunk before could be an odd number.
      if (escapes < at && escapes % 2 === 0) return at + this.lineEnd.length;
    }
    return undefined;
  }
}

class EnclosedEnds implements RowEnds {
  private readonly kernel = new BareRows();
  private chunkStart = 0;

  constructor(layout: BareLayout) {
    this.kernel.beginEnds(layout);
  }

  lastIn(chunk: Buffer): number | undefined {
    let last: number | undefined;
    for (let at = 0; at < chunk.length;) {
      at += this.kernel.fill(chunk.subarray(at));
      // Of what is no row the server has to say that.
      if (this.kernel.run() !== BareStop.NEED_INPUT) return undefined;
      last = this.kernel.rowEnd ?? last;
    }
    const end = last === undefined ? undefined : last - this.chunkStart;
    this.chunkStart += chunk.length;
    return end !== undefined && end > 0 ? end : undefined;
  }
}
