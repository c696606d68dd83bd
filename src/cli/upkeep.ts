/** What is done around a run. */
export interface Upkeep {
  /** The directory holds so many dumps, in directories of their own; undefined: it is the dump. */
  readonly snapshotCount: number | undefined;
  readonly metricsFile: string | undefined;
}
