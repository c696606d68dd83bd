/**
 * The story of a verification: a directory of files against what it says of itself. No server is asked.
 */
import { performance } from 'node:perf_hooks';

import { followed } from './base/abort.ts';
import type { Emit, Finding, VerifySummary } from './base/events.ts';
import { sum } from './base/numbers.ts';
import { takeNotes } from './base/notes.ts';
import { listDump } from './format/directory.ts';
import { compareFile, compareListing, compareTables } from './verify/compare.ts';
import { checkFiles } from './verify/crew.ts';
import { jobFor, readExpected } from './verify/expected.ts';
import type { VerifyOptions } from './verify/options.ts';

export interface VerifyRun {
  /** Hears of each finding as a warning. */
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * Reads every file of a dump from its first byte to its last. Resolves with what is not as it was written, which may be nothing.
 *
 * @throws ToolError DUMP_INCOMPLETE when the directory holds no finished dump, STORAGE when it cannot be read.
 */
export async function verify(options: VerifyOptions, { emit, ...run }: VerifyRun): Promise<VerifySummary> {
  const signal = followed(run.signal);
  const startMs = performance.now();
  const notes = takeNotes(emit);
  emit({ type: 'phase', phase: 'verify' });
  const { directory, threads, program } = options;
  const listing = await listDump(directory);
  const expected = await readExpected(listing, program);
  for (const message of expected.warnings) notes.emit({ type: 'warning', message });

  const findings: Finding[] = [...expected.findings, ...compareListing(listing, expected, program)];
  const jobs = [...listing.files].flatMap(([name, storedBytes]) => {
    const job = expected.files === undefined || expected.files.has(name) ? jobFor(name, program) : undefined;
    return job === undefined ? [] : [{ job, storedBytes }];
  });
  const storedBytes = sum(jobs.map((each) => each.storedBytes));
  emit({
    type: 'totals',
    tables: expected.tables.length,
    rows: sum(expected.tables.map(({ rows }) => rows)),
    bytes: storedBytes,
  });
  const { backslashEscapes } = expected;
  const reports = await checkFiles(jobs, { directory, threads, backslashEscapes, signal, emit });
  for (const report of reports) {
    const finding = compareFile(report, listing.files.get(report.name) ?? 0, expected.files?.get(report.name));
    if (finding !== undefined) findings.push(finding);
  }
  findings.push(...compareTables(reports, expected, findings, program));
  findings.sort((a, b) => ((a.file ?? '') < (b.file ?? '') ? -1 : 1));
  for (const { file, what } of findings)
    emit({ type: 'warning', message: file === undefined ? what : `${file} ${what}` });
  return {
    directory,
    files: reports.length,
    tables: expected.tables.length,
    rows: sum(reports.map(({ rows }) => rows)),
    bytes: sum(reports.map(({ bytes }) => bytes)),
    storedBytes,
    basis: expected.areHashed ? 'hashes' : expected.files === undefined ? 'rows' : 'sizes',
    findings,
    seconds: (performance.now() - startMs) / 1000,
    warnings: notes.warnings,
    skipped: notes.skipped,
  };
}
