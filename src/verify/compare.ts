/** What the files are against what they should be: pure, reports in, findings out. */
import type { Finding } from '../base/events.ts';
import type { DumpListing } from '../format/directory.ts';
import { parseFileName } from '../format/names.ts';
import type { ProgramCodec } from '../format/program-codec.ts';
import type { Expected, ExpectedFile } from './expected.ts';
import type { FileReport } from './job.ts';

/** Files that are missing, and those that nobody has written. */
export function compareListing(
  { files, others }: DumpListing,
  { files: expected, tables }: Expected,
  program?: ProgramCodec,
): Finding[] {
  const links = others.filter((name) => expected?.has(name) ?? 'codec' in parseFileName(name, program));
  const findings = links.map((file): Finding => ({ file, what: 'is no file but a link or a directory' }));
  if (expected === undefined) return [...findings, ...withoutDefinition(files, tables, program)];
  const isLink = new Set(links);
  for (const name of expected.keys())
    if (!files.has(name) && !isLink.has(name)) findings.push({ file: name, what: 'is missing' });
  for (const name of files.keys()) {
    const isOfDump = 'codec' in parseFileName(name, program);
    if (isOfDump && !expected.has(name))
      findings.push({ file: name, what: 'is there, but this dump did not write it' });
  }
  return findings;
}

/** A dump without a manifest either has the definitions of all its tables or of none. */
function withoutDefinition(
  files: DumpListing['files'],
  tables: Expected['tables'],
  program: ProgramCodec | undefined,
): Finding[] {
  const defined = new Set<string>();
  for (const name of files.keys()) {
    const meaning = parseFileName(name, program);
    if (meaning.kind === 'table-schema') defined.add(`${meaning.database}.${meaning.table}`);
  }
  if (defined.size === 0) return [];
  const without = tables.filter(
    ({ encodedDatabase, encodedTable }) => !defined.has(`${encodedDatabase}.${encodedTable}`),
  );
  return without.map(({ label }) => ({ file: undefined, what: `${label} has no file with its definition` }));
}

/** The first thing that is wrong with a file that was read. */
export function compareFile(
  report: FileReport,
  storedBytes: number,
  expected: ExpectedFile | undefined,
): Finding | undefined {
  const { name: file, problem } = report;
  const size =
    expected?.storedBytes === undefined || expected.storedBytes === storedBytes
      ? undefined
      : `has ${storedBytes} bytes instead of ${expected.storedBytes}`;
  if (problem !== undefined) return { file, what: size === undefined ? problem : `${size}; ${problem}` };
  if (size !== undefined) return { file, what: size };
  if (expected?.xxh3 !== undefined && expected.xxh3 !== report.xxh3) {
    return {
      file,
      what: `has other bytes than were written, as many: their hash is ${report.xxh3}, not ${expected.xxh3}`,
    };
  }
  if (expected?.bytes !== undefined && expected.bytes !== report.bytes) {
    return { file, what: `has ${report.bytes} bytes of text instead of ${expected.bytes}` };
  }
  if (expected?.rows !== undefined && expected.rows !== report.rows) {
    return { file, what: `has ${report.rows} rows instead of ${expected.rows}` };
  }
  return undefined;
}

/** Tables whose files, each of them sound, have other rows together than the dump says. */
export function compareTables(
  reports: readonly FileReport[],
  { tables }: Expected,
  findings: readonly Finding[],
  program?: ProgramCodec,
): Finding[] {
  const known = new Set(findings.map(({ file }) => file));
  const rows = new Map<string, number>();
  const unsound = new Set<string>();
  const noteUnsound = (name: string | undefined): void => {
    const key = name === undefined ? undefined : tableOf(name, program);
    if (key !== undefined) unsound.add(key);
  };
  for (const file of known) noteUnsound(file);
  for (const { name, rows: counted } of reports) {
    const key = tableOf(name, program);
    if (key !== undefined) rows.set(key, (rows.get(key) ?? 0) + counted);
  }
  return tables.flatMap(({ label, rows: expected, encodedDatabase, encodedTable }) => {
    const key = `${encodedDatabase}.${encodedTable}`;
    const found = rows.get(key) ?? 0;
    if (found === expected || unsound.has(key)) return [];
    return [{ file: undefined, what: `${label} has ${found} rows in its files, and should have ${expected}` }];
  });
}

function tableOf(name: string, program: ProgramCodec | undefined): string | undefined {
  const meaning = parseFileName(name, program);
  return meaning.kind === 'data' ? `${meaning.database}.${meaning.table}` : undefined;
}
