/** What stands between bare rows and their values, the words being those of LOAD DATA. All of it is ASCII. */
export interface Separators {
  /** At most {@link MAX_SEPARATOR_BYTES}. */
  readonly fieldsTerminatedBy: string;
  /** One byte, or '' for nothing. Around every value but whole numbers and NULL. */
  readonly fieldsEnclosedBy: string;
  /** One byte: what stands behind it is not what it seems. */
  readonly fieldsEscapedBy: string;
  readonly linesStartingBy: string;
  /** At most {@link MAX_SEPARATOR_BYTES}. */
  readonly linesTerminatedBy: string;
}

/** The kernel copies 16 bytes in one step: a separator and the two of NULL. */
export const MAX_SEPARATOR_BYTES = 14;
