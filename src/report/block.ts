/** The live view as text: the course of a run and the size of the terminal in, lines that fit it out. */

import type { Phase } from '../base/events.ts';
import type { Course } from './course.ts';
import { formatBytes, formatCount, formatElapsed, formatRoughSeconds, formatShortCount } from './format.ts';
import { displayWidth, printable, truncate } from './text.ts';

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  /** The terminal shows more than ASCII. */
  readonly unicode: boolean;
}

/** More connections than this are not read any more, however tall the terminal is. */
const MAX_CONNECTION_LINES = 16;
/** Rows of the terminal left to what is above the block, and the one the cursor stands on. */
const ROWS_LEFT = 3;

const PHASE_WORDS: Record<Phase, string> = {
  connect: 'connecting',
  lock: 'taking the snapshot',
  catalog: 'reading the catalogue',
  schema: 'definitions of tables',
  data: 'rows',
  constraints: 'indexes and constraints',
  code: 'triggers, routines, events',
  views: 'views',
  verify: 'verifying',
  finish: 'finishing',
};

/** What the run is at, in a few words. */
export function phaseWords(course: Course): string {
  if (course.lockWanted !== undefined) return `waiting for ${printable(course.lockWanted)}`;
  return course.phase === undefined ? 'starting' : PHASE_WORDS[course.phase];
}

/** No line is wider than `columns - 1`, so that none wraps; the last column belongs to the cursor. */
export function renderBlock(course: Course, nowMs: number, frame: Frame): string[] {
  const columns = Math.max(1, frame.columns - 1);
  const lines = [headLine(course, nowMs, frame, columns)];
  if (course.progress !== undefined) {
    const figures = fit(figuresOf(course), columns);
    if (figures !== '') lines.push(figures);
  }
  const room = Math.min(MAX_CONNECTION_LINES, frame.rows - ROWS_LEFT - lines.length);
  return [...lines, ...connectionLines(course, room, columns, frame)];
}

function headLine(course: Course, nowMs: number, frame: Frame, columns: number): string {
  const { fraction } = course;
  const remaining = course.remainingSeconds(nowMs);
  const bar = fraction === undefined ? '' : barOf(fraction, columns, frame.unicode);
  const words = fit(
    [
      ...(fraction === undefined ? [] : [`${Math.floor(fraction * 100)} %`]),
      phaseWords(course),
      formatElapsed((nowMs - course.startMs) / 1000),
      ...(remaining === undefined ? [] : [`about ${formatRoughSeconds(remaining)} left`]),
    ],
    columns - (bar === '' ? 0 : displayWidth(bar) + 1),
  );
  return bar === '' ? words : `${paint(bar, 32, frame)} ${words}`;
}

function barOf(fraction: number, columns: number, unicode: boolean): string {
  const width = columns >= 100 ? 30 : columns >= 60 ? 20 : columns >= 40 ? 10 : 0;
  if (width === 0) return '';
  const full = Math.floor(fraction * width);
  return unicode ? '█'.repeat(full) + '░'.repeat(width - full) : `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}

/** The numbers of a run, the ones that matter most first. */
export function figuresOf(course: Course): string[] {
  const { progress } = course;
  if (progress === undefined) return [];
  const rows =
    progress.rowsTotal > 0
      ? `${formatShortCount(progress.rowsDone)} of ${progress.storedBytesTotal > 0 ? '' : '~'}${formatShortCount(progress.rowsTotal)}`
      : formatShortCount(progress.rowsDone);
  const stored =
    progress.storedBytesTotal > 0
      ? `${formatBytes(progress.storedBytes)} of ${formatBytes(progress.storedBytesTotal)} read`
      : `${formatBytes(progress.storedBytes)} stored`;
  const { tablesDone, tablesCreated = 0 } = progress;
  const created = tablesCreated > tablesDone ? ` (${formatCount(tablesCreated)} created)` : '';
  return [
    `tables ${formatCount(tablesDone)}/${formatCount(course.tablesTotal)}${created}`,
    `rows ${rows}`,
    `${formatShortCount(course.rowsPerSecond)} rows/s`,
    `${formatBytes(course.bytesPerSecond)}/s`,
    stored,
  ];
}

/** As many whole parts as there is room for. */
function fit(parts: readonly string[], columns: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (displayWidth(longer) > columns) break;
    line = longer;
  }
  return line;
}

interface Connection {
  readonly number: number;
  readonly activity: string;
}

function connectionLines({ progress }: Course, room: number, columns: number, frame: Frame): string[] {
  const all = (progress?.activities ?? []).map((activity, i): Connection => ({ number: i + 1, activity }));
  if (room < 1 || all.length === 0) return [];
  const digits = String(all.length).length;
  const line = ({ number, activity }: Connection): string => {
    const prefix = `${String(number).padStart(digits + 1)} `;
    const text = truncate(
      prefix + (activity === '' ? 'idle' : printable(activity)),
      columns,
      frame.unicode ? '…' : '~',
    );
    return activity === '' ? paint(text, 2, frame) : text;
  };
  if (all.length <= room) return all.map(line);
  const busy = all.filter(({ activity }) => activity !== '');
  const shown = busy.slice(0, room - 1);
  const more = `${' '.repeat(digits + 2)}${shown.length === 0 ? '' : 'and '}${busy.length - shown.length} busy, ${all.length - busy.length} idle`;
  return [...shown.map(line), paint(truncate(more, columns), 2, frame)];
}

function paint(text: string, code: number, { colour }: Frame): string {
  return colour && text !== '' ? `\u001B[${code}m${text}\u001B[0m` : text;
}
