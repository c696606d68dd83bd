/** Tables in Markdown, and the figures that stand in them. */

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** NaN of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** "2.31 (2.20–2.60)": the median, and between which values it lies; '' of nothing. */
export function range(values: readonly number[]): string {
  if (values.length === 0) return '';
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
}

export const megabytes = (bytes: number): number => bytes / 1e6;

/** "1.04 (1.3)", or "1.40 (1.3, missed)". */
export function againstGoal(value: number, goal: number | undefined, digits = 2): string {
  const verdict = goal === undefined ? '' : ` (${goal}${value <= goal ? '' : ', missed'})`;
  return `${value.toFixed(digits)}${verdict}`;
}
