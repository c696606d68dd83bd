/** What is done around a run. */
export interface Upkeep {
  /** The directory holds several dumps, in directories of their own; undefined: it is the dump. */
  readonly snapshots: SnapshotRules | undefined;
  readonly metricsFile: string | undefined;
  /** The run stops then, as by a signal; undefined: when it is done. */
  readonly stopAfterSeconds: number | undefined;
}

export interface SnapshotRules {
  /** So many complete ones are kept, the newest. */
  readonly count: number;
  /** The dump that was interrupted is gone on with, where it lies. */
  readonly resumes: boolean;
}
