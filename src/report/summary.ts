/** What a finished run was, on one screen. Pure: the numbers in, lines out. */

import type {
  AgainstSummary,
  ComparedMoment,
  DumpSummary,
  LeftOut,
  LoadSummary,
  Skipped,
  VerifySummary,
} from '../base/events.ts';
import { describePosition } from './event-log.ts';
import { formatBytes, formatCount, formatCounted, formatSeconds } from './format.ts';
import { printable, truncate } from './text.ts';

const MAX_LISTED = 10;
/** A GTID set can be kilobytes; the dump's metadata has the whole of it. */
const MAX_VALUE_COLUMNS = 200;

type Fact = readonly [name: string, value: string];

export function dumpSummaryLines(summary: DumpSummary): string[] {
  const { lockHeldMs, tableLocksHeldMs, points, earlierRows } = summary;
  return [
    `dumped ${objects(summary)} in ${formatSeconds(summary.seconds)}`,
    ...factLines([
      ['rows', rowsOf(summary)],
      [
        'data',
        `${formatBytes(summary.bytes)} of SQL${earlierRows > 0 ? '' : bytesPerSecond(summary.bytes, summary.seconds)}`,
      ],
      ['stored', `${formatBytes(summary.storedBytes)} in ${formatCounted(summary.files, 'file')}${ratio(summary)}`],
      ...accountsDumped(summary),
      ['lock', lockHeldMs === undefined ? 'none taken' : `writes held up for ${formatSeconds(lockHeldMs / 1000)}`],
      ...(tableLocksHeldMs === undefined
        ? []
        : [['', `and to non-transactional tables for ${formatSeconds(tableLocksHeldMs / 1000)}`] as const]),
      ...consistency(summary),
      [
        'position',
        points > 1 ? NO_POSITION : (describePosition(summary.position) ?? 'none: the server keeps no binlog'),
      ],
      ...leftOutFacts(summary.leftOut),
      ['directory', summary.directory],
    ]),
    ...warningLines(summary.warnings),
    ...skippedLines(summary.skipped),
  ];
}

const NO_POSITION = "none that is all tables'; each point's is in tsdump-manifest.jsonl";

function consistency({ isConsistent, points }: DumpSummary): Fact[] {
  if (isConsistent) return [];
  return [
    ['consistent', points > 1 ? `NO: tables of ${points} points in time` : 'NO: taken without lock and without proof'],
  ];
}

export function loadSummaryLines(summary: LoadSummary): string[] {
  return [
    `loaded ${objects(summary)} in ${formatSeconds(summary.seconds)}`,
    ...factLines([
      ['rows', rowsOf(summary)],
      ['data', `${formatBytes(summary.bytes)} of SQL${bytesPerSecond(summary.bytes, summary.seconds)}`],
      ['read', `${formatBytes(summary.storedBytes)}${ratio(summary)}`],
      ...accountsLoaded(summary),
      ...(summary.retries === 0 ? [] : [['retries', formatCount(summary.retries)] as const]),
      ...leftOutFacts(summary.leftOut),
      ['directory', summary.directory],
    ]),
    ...warningLines(summary.warnings),
    ...skippedLines(summary.skipped),
  ];
}

export function verifySummaryLines(summary: VerifySummary): string[] {
  const { files, tables, seconds, findings, basis } = summary;
  return [
    `read ${formatCounted(files, 'file')} of ${formatCounted(tables, 'table')} in ${formatSeconds(seconds)}`,
    ...factLines([
      ['rows', `${formatCount(summary.rows)}${perSecond(summary.rows, seconds)}`],
      ['data', `${formatBytes(summary.bytes)} of text${bytesPerSecond(summary.bytes, seconds)}`],
      ['stored', formatBytes(summary.storedBytes)],
      ['known', BASES[basis]],
      ['directory', summary.directory],
    ]),
    ...warningLines(summary.warnings),
    ...listLines(
      formatCounted(findings.length, 'finding'),
      findings.map(({ file, what }) => (file === undefined ? what : `${file} ${what}`)),
    ),
  ];
}

export function againstSummaryLines(summary: AgainstSummary): string[] {
  const { tables, definitions, chunks, rows, seconds, moment, differences } = summary;
  const defined =
    definitions === 0
      ? 'names, types and character sets of columns'
      : `definitions of ${formatCounted(definitions, 'object')}`;
  return [
    `compared ${formatCounted(tables, 'table')} with ${printable(summary.where)} in ${formatSeconds(seconds)}`,
    ...factLines([
      ['rows', `${formatCount(rows)} in ${formatCounted(chunks, 'chunk')}${perSecond(rows, seconds)}`],
      ['compared', `${defined}; rows by their hashes, as the server prints them`],
      ...(moment === undefined ? [] : [['moment', momentText(moment)] as const]),
      ['directory', summary.directory],
    ]),
    ...warningLines(summary.warnings),
    ...listLines(
      formatCounted(differences.length, 'difference'),
      differences.map(({ object, what }) => `${object} ${what}`),
    ),
  ];
}

function momentText({ isOne, withinMs, position }: ComparedMoment): string {
  if (!isOne)
    return `connections began within ${Math.ceil(withinMs)} ms of each other; not proven to be one point in time`;
  return position?.file === undefined ? 'one point in time' : `one point in time, ${describePosition(position)}`;
}

const BASES: Readonly<Record<VerifySummary['basis'], string>> = {
  hashes: 'the hash and the size of each file, the rows of each',
  sizes: 'the size of each file and its rows, no hashes: an earlier version wrote the dump',
  rows: 'how many rows each table has; no sizes, no hashes: another program wrote the dump',
};

function objects({ databases, tables, views, codeObjects }: DumpSummary | LoadSummary): string {
  const counts = [
    formatCounted(tables, 'table'),
    ...(views === 0 ? [] : [formatCounted(views, 'view')]),
    ...(codeObjects === 0 ? [] : [`${formatCount(codeObjects)} triggers, routines and events`]),
  ];
  return `${formatCounted(databases, 'database')} (${counts.join(', ')})`;
}

function accountsDumped({ accounts }: DumpSummary): Fact[] {
  if (accounts === undefined) return [];
  const { written, excluded } = accounts;
  const left = excluded.length === 0 ? '' : `; without the server's own: ${excluded.join(', ')}`;
  return [['accounts', `${formatCount(written)} users and roles${left}`]];
}

function accountsLoaded({ accounts }: LoadSummary): Fact[] {
  if (accounts === undefined) return [];
  const { created, existing } = accounts;
  const left = existing.length === 0 ? '' : `; as they were in the target: ${formatCount(existing.length)}`;
  return [['accounts', `${formatCount(created)} users and roles${left}`]];
}

function leftOutFacts(leftOut: LeftOut): Fact[] {
  const counts = Object.entries(leftOut).map(([kind, count]) =>
    kind === 'rows' ? `the rows of ${formatCounted(count, 'table')}` : formatCounted(count, kind),
  );
  return counts.length === 0 ? [] : [['left out', `by filters: ${counts.join(', ')}`]];
}

function perSecond(count: number, seconds: number): string {
  return seconds > 0 ? `, ${formatCount(count / seconds)} a second` : '';
}

function rowsOf({ rows, earlierRows, seconds }: DumpSummary | LoadSummary): string {
  const own = rows === earlierRows ? '' : perSecond(rows - earlierRows, seconds);
  return earlierRows === 0
    ? `${formatCount(rows)}${own}`
    : `${formatCount(rows)}, ${formatCount(earlierRows)} of them by earlier runs${own}`;
}

function bytesPerSecond(bytes: number, seconds: number): string {
  return seconds > 0 ? `, ${formatBytes(bytes / seconds)} a second` : '';
}

function ratio({ bytes, storedBytes }: DumpSummary | LoadSummary): string {
  return storedBytes > 0 && bytes > storedBytes ? `, ${(bytes / storedBytes).toFixed(2)} times smaller` : '';
}

function factLines(facts: readonly Fact[]): string[] {
  return facts.map(([name, value]) => `  ${name.padEnd(10)} ${truncate(printable(value), MAX_VALUE_COLUMNS)}`);
}

function warningLines(warnings: readonly string[]): string[] {
  return listLines(formatCounted(warnings.length, 'warning'), warnings);
}

function skippedLines(skipped: readonly Skipped[]): string[] {
  const lines = skipped.map(({ what, why }) => `${what}: ${why}`);
  return listLines(`${formatCounted(skipped.length, 'object')} left out`, lines);
}

function listLines(title: string, all: readonly string[]): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, MAX_LISTED).map((each) => `    - ${printable(each)}`);
  const rest = all.length - shown.length;
  return [`  ${title}:`, ...shown, ...(rest === 0 ? [] : [`    … and ${formatCount(rest)} more`])];
}
