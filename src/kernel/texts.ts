/** A kernel may read so many bytes of a text, however short it is. */
const TEXT_SLACK_BYTES = 16;
const INTS_A_COLUMN = 6;

/** Texts one after another, as they go into a kernel's memory, and a table of where those of columns are. */
export class Texts {
  columnsAt = 0;
  end: number;
  private readonly start: number;
  private readonly pieces: Buffer[] = [];

  constructor(start: number) {
    this.start = start;
    this.end = start;
  }

  /** Its address and length. */
  add(text: string): [at: number, bytes: number] {
    const at = this.end;
    this.append(Buffer.from(text, 'latin1'));
    return [at, text.length];
  }

  addColumns(columns: readonly (readonly string[])[]): void {
    const places = columns.flatMap((column) => column.flatMap((text) => this.add(text)));
    this.append(Buffer.alloc(TEXT_SLACK_BYTES));
    this.append(Buffer.alloc(-this.end & 3));
    this.columnsAt = this.end;
    const table = Buffer.alloc(columns.length * INTS_A_COLUMN * 4);
    for (const [at, each] of places.entries()) table.writeInt32LE(each, at * 4);
    this.append(table);
  }

  copyTo(memory: Buffer): void {
    Buffer.concat(this.pieces).copy(memory, this.start);
  }

  private append(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.end += bytes.length;
  }
}
