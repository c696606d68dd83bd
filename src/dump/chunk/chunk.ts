/** A part of a table's rows; no condition and no partition: all of them. */
export interface Chunk {
  readonly where: string | undefined;
  readonly partition: string | undefined;
}
