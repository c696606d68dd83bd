/**
 * The terminal as a place for lines that stay and one block beneath them that is redrawn in place.
 *
 * Invariants:
 * 1. The cursor rests at the start of the line below the block, so anybody else's output (the terminal's own "^C") lands there.
 * 2. A line that stays is printed above the block, whole, in one write with the redrawing of the block.
 * 3. After `clear` the block is gone and nothing of it is left.
 */

import { displayWidth } from './text.ts';

/** The part of a tty.WriteStream that is used here. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export class Screen {
  private readonly terminal: Terminal;
  private block: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  get columns(): number {
    return this.terminal.columns ?? 80;
  }

  get rows(): number {
    return this.terminal.rows ?? 24;
  }

  /** Puts `lines` where the block was. */
  draw(lines: readonly string[]): void {
    const erase = this.eraseSequence();
    this.block = lines;
    this.terminal.write(erase + joined(lines));
  }

  /** A line that stays. */
  print(line: string): void {
    this.terminal.write(`${this.eraseSequence()}${line}\n${joined(this.block)}`);
  }

  clear(): void {
    if (this.block.length === 0) return;
    this.terminal.write(this.eraseSequence());
    this.block = [];
  }

  /** A terminal that was made narrower has wrapped the lines of the block: they are more rows now than when drawn. */
  private eraseSequence(): string {
    const columns = Math.max(1, this.columns);
    let rows = 0;
    for (const line of this.block) rows += Math.max(1, Math.ceil(displayWidth(withoutColour(line)) / columns));
    return rows === 0 ? '' : `\u001B[${Math.min(rows, this.rows)}A\r\u001B[J`;
  }
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function withoutColour(line: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- colour sequences begin with one
  return line.replaceAll(/\u001B\[\d+m/g, '');
}
