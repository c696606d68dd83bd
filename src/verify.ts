/**
 * The story of a verification: a directory of files against what it says of itself. No server is asked.
 */
import { performance } from 'node:perf_hooks';

import { followed } from './base/abort.ts';
import type { Emit, Finding, VerifySummary } from './base/events.ts';
import { sum } from './base/numbers.ts';
import { takeNotes } from './base/notes.ts';
import { METADATA_NAME, parseFileName } from './format/names.ts';
import { listDump } from './format/directory.ts';
import type { DumpListing } from './format/directory.ts';
import type { ProgramCodec } from './format/program-codec.ts';
import { SYSTEM_DATABASES } from './schema/names.ts';
import { compareFile, compareListing, compareTables } from './verify/compare.ts';
import { checkFiles } from './verify/crew.ts';
import { jobFor, readExpected } from './verify/expected.ts';
import type { Expected } from './verify/expected.ts';
import type { CheckJob } from './verify/job.ts';
import { isNumbered, numberedDatabases, ownerOf } from './verify/owners.ts';
import type { RealNames } from './verify/owners.ts';
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
  const judged = options.trustDump === true ? undefined : await namesOf(listing, expected, program);
  const jobs = [...listing.files].flatMap(([name, storedBytes]) => {
    const job = expected.files === undefined || expected.files.has(name) ? jobFor(name, program) : undefined;
    const owner = job && judged && ownerOf(name, listing, judged, program);
    return job === undefined ? [] : [{ job: { ...job, owner }, storedBytes }];
  });
  findings.push(...intoSystemDatabases(jobs.map(({ job }) => job)), ...namelessTables(listing, expected, program));
  const storedBytes = sum(jobs.map((each) => each.storedBytes));
  emit({
    type: 'totals',
    tables: expected.tables.length,
    rows: sum(expected.tables.map(({ rows }) => rows)),
    bytes: storedBytes,
  });
  const { backslashEscapes, foldsNames } = expected;
  const reports = await checkFiles(jobs, { directory, threads, backslashEscapes, foldsNames, signal, emit });
  for (const report of reports) {
    const finding = compareFile(report, listing.files.get(report.name) ?? 0, expected.files?.get(report.name));
    if (finding !== undefined) findings.push(finding);
    if (report.foreign !== undefined) findings.push({ file: report.name, what: report.foreign, isForeign: true });
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

async function namesOf(listing: DumpListing, { names }: Expected, program?: ProgramCodec): Promise<RealNames> {
  const numbered = names.databases.size > 0 ? [] : await numberedDatabases(listing, program);
  return { ...names, databases: new Map([...numbered, ...names.databases]) };
}

/** Tables with a number in their place, of which nobody says how they are called. */
function namelessTables({ files }: DumpListing, { names }: Expected, program?: ProgramCodec): Finding[] {
  const tables = new Set<string>();
  for (const name of files.keys()) {
    const meaning = parseFileName(name, program);
    if (!('table' in meaning) || !isNumbered(meaning.table)) continue;
    const key = `${meaning.database}.${meaning.table}`;
    if (!names.tables.has(key)) tables.add(key);
  }
  return [...tables].map((table) => ({ file: METADATA_NAME, what: `does not say which table ${table} is` }));
}

/** What is in them is the server's: its accounts, its time zones. */
function intoSystemDatabases(jobs: readonly CheckJob[]): Finding[] {
  const databases = new Set(jobs.flatMap(({ owner }) => owner?.database ?? []));
  return [...databases]
    .filter((name) => SYSTEM_DATABASES.includes(name.toLowerCase()))
    .map((name) => ({
      file: undefined,
      what: `the dump is to go into ${name}, which is the server's own: tsload does not load it there`,
      isForeign: true,
    }));
}
