/** Hashes of the rows that a SELECT gives, by the same kernel that hashed them for the dump; their text is thrown away. */
import { ToolError } from '../../base/errors.ts';
import { LOAD_DATA_SEPARATORS } from '../../format/load-data.ts';
import { ValueKind } from '../../kernel/forms.ts';
import { PLAIN_WINDOWS, RowKernel, Stop } from '../../kernel/kernel.ts';
import type { RowSink, Session } from '../../mysql/session.ts';

export interface RowsFound {
  readonly rows: number;
  /** The sum of their hashes modulo 2^64. */
  readonly hash: bigint;
}

export class RowHasher {
  private readonly kernel: RowKernel;

  /** `module`: the kernel of bare rows. */
  constructor(module: WebAssembly.Module) {
    this.kernel = new RowKernel(module, PLAIN_WINDOWS);
  }

  /** @throws what the server refuses, ToolError SERVER_REFUSED when it warns that values were cut. */
  async select(session: Session, sql: string, columns: number): Promise<RowsFound> {
    const kinds = Array.from({ length: columns }, () => ValueKind.NUMBER);
    const { warnings } = await session.select(sql, () => {
      this.kernel.begin({ kinds, separators: LOAD_DATA_SEPARATORS, headerBytes: 0 });
      this.kernel.openWindow(0, Infinity);
      return this.sink();
    });
    if (warnings > 0)
      throw new ToolError('SERVER_REFUSED', `the server gave ${warnings} warnings with its rows: a value may be cut`);
    return { rows: this.kernel.rows, hash: BigInt.asUintN(64, this.kernel.hashOfRows) };
  }

  private sink(): RowSink {
    const { kernel } = this;
    let window = 0;
    return {
      take: (bytes) => {
        for (let at = kernel.fill(bytes, 0); ;) {
          switch (kernel.run()) {
            case Stop.NEED_INPUT:
              if (at === bytes.length) return undefined;
              at += kernel.fill(bytes, at);
              break;
            case Stop.END_OF_ROWS:
              return Buffer.concat([kernel.unread(), bytes.subarray(at)]);
            case Stop.MALFORMED:
              throw new ToolError('SERVER_GONE', 'the server sent malformed rows');
            default:
              window = (window + 1) % kernel.outputWindows;
              kernel.takeWindow(window, () => Infinity);
          }
        }
      },
    };
  }
}
