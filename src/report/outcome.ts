/** How a run ended. */
export interface Outcome {
  readonly isSuccess: boolean;
  /** The last one says the same as the exit code. */
  readonly lines: readonly string[];
  /** For logs: exitCode, and the summary or the code of the error and its words. */
  readonly fields: Readonly<Record<string, unknown>>;
}
