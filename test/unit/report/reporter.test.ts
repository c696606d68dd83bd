import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { openReporter } from '../../../src/report/reporter.ts';
import type { Reporter, ReporterOptions } from '../../../src/report/reporter.ts';
import { Screen } from '../../../src/report/screen.ts';
import { FakeClock, FakeTerminal, progressOf } from './fakes.ts';

function open(part: Partial<ReporterOptions> = {}): { reporter: Reporter; clock: FakeClock; terminal: FakeTerminal } {
  const clock = new FakeClock();
  const terminal = new FakeTerminal();
  const settings = { program: 'tsdump', terminalLevel: 2, fileLevel: 3, environment: {}, clock, terminal } as const;
  return { reporter: openReporter({ ...settings, ...part }), clock, terminal };
}

const OUTCOME = { isSuccess: true, lines: ['summary', 'finished'], fields: {} };
const progress = (rowsDone: number) => ({ type: 'progress', progress: progressOf({ rowsDone }) }) as const;

test('the live view is redrawn in place, at most five times a second', () => {
  const { reporter, clock, terminal } = open();
  for (let i = 0; i < 100; i++) {
    reporter.emit(progress(i));
    clock.advance(10);
  }
  expect(terminal.writes).toBeLessThanOrEqual(5);
  expect(terminal.shown).toHaveLength(2);
});

test('with nothing new the elapsed time moves once a second', () => {
  const { clock, terminal } = open();
  clock.advance(10_000);
  expect(terminal.writes).toBeGreaterThanOrEqual(9);
  expect(terminal.writes).toBeLessThanOrEqual(11);
  expect(terminal.shown).toEqual(['starting  9 s']);
});

test('log lines stand above the view, whole', () => {
  const { reporter, clock, terminal } = open();
  reporter.emit(progress(10));
  clock.advance(200);
  reporter.emit({ type: 'warning', message: 'disk is\nslow' });
  expect(terminal.shown).toHaveLength(3);
  expect(terminal.shown[0]).toMatch(/^\d\d:\d\d:\d\d warning: disk is\u{FFFD}slow$/u);
  expect(terminal.shown[1]).toContain('1 %');
});

test('at the end nothing of the view is left, and nothing comes after the last line', () => {
  const { reporter, clock, terminal } = open();
  reporter.emit(progress(10));
  clock.advance(200);
  reporter.end(OUTCOME);
  reporter.emit({ type: 'warning', message: 'too late' });
  clock.advance(60_000);
  expect(terminal.shown).toEqual(['summary', 'finished']);
  expect(clock.waiting).toBe(0);
});

test('what a narrower terminal has wrapped is erased with all of its rows', () => {
  const terminal = new FakeTerminal();
  const screen = new Screen(terminal);
  screen.draw(['x'.repeat(60), '\u001B[2m' + 'y'.repeat(40) + '\u001B[0m']);
  terminal.columns = 40;
  terminal.raw = '';
  screen.clear();
  expect(terminal.raw).toBe('\u001B[3A\r\u001B[J');
});

test('a hidden view leaves the terminal to others and goes on below what they wrote', () => {
  const { reporter, clock, terminal } = open();
  clock.advance(200);
  reporter.hide();
  terminal.write('[1]+ Stopped\n');
  clock.advance(2_000);
  expect(terminal.shown).toEqual(['[1]+ Stopped', 'starting  2 s']);
});

test('without a terminal there is a line after 10 s and then every 30 s', () => {
  const { reporter, clock, terminal } = open({ terminal: Object.assign(new FakeTerminal(), { isTTY: false }) });
  expect(terminal.shown).toEqual([]);
  const piped = new FakeTerminal();
  piped.isTTY = false;
  const other = open({ terminal: piped, clock });
  other.reporter.emit(progress(100));
  clock.advance(9_999);
  expect(piped.shown).toEqual([]);
  clock.advance(1);
  expect(piped.shown).toHaveLength(1);
  expect(piped.shown[0]).toMatch(/^\d\d:\d\d:\d\d 10 %, starting, 10 s: tables 0\/10, rows 100 of ~1.00 k, /);
  clock.advance(30_000);
  expect(piped.shown).toHaveLength(2);
  expect(piped.raw).not.toContain('\u001B');
  reporter.end(OUTCOME);
});

test.each([
  ['a dumb terminal', { TERM: 'dumb' }],
  ['a build machine', { CI: 'true' }],
])('%s gets lines and no view', (_, environment) => {
  const { clock, terminal } = open({ environment });
  clock.advance(5_000);
  expect(terminal.raw).toBe('');
});

test('NO_COLOR leaves only the sequences that move the cursor', () => {
  const { reporter, clock, terminal } = open({ environment: { NO_COLOR: '1' } });
  reporter.emit(progress(10));
  clock.advance(600);
  expect(terminal.raw).not.toMatch(/\[\d*m/);
});

test.each([
  [0, []],
  [1, []],
  [2, ['summary', 'finished']],
] as const)('level %i says so much of a success', (terminalLevel, expected) => {
  const { reporter, clock, terminal } = open({ terminalLevel });
  reporter.emit(progress(10));
  clock.advance(60_000);
  reporter.end(OUTCOME);
  expect(terminal.shown).toEqual(expected);
});

test('a failure is told at every level', () => {
  const { reporter, terminal } = open({ terminalLevel: 0 });
  reporter.end({ isSuccess: false, lines: ['tsdump failed'], fields: {} });
  expect(terminal.shown).toEqual(['tsdump failed']);
});

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsdump-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'run.log');
}

const entriesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('with a log file, events are JSON lines there and the terminal keeps to view and summary', () => {
  const logfile = temporaryFile();
  const { reporter, clock, terminal } = open({ logfile });
  reporter.emit({ type: 'phase', phase: 'data' });
  reporter.emit({ type: 'warning', message: 'slow' });
  reporter.emit(progress(10));
  clock.advance(10_000);
  reporter.emit({ type: 'table-done', table: 't', rows: 1 });
  reporter.end({ isSuccess: true, lines: ['finished'], fields: { event: 'finished', exitCode: 0 } });
  expect(terminal.shown).toEqual(['finished']);
  const entries = entriesOf(logfile).map(({ level, event }) => [level, event]);
  expect(entries).toEqual([
    ['INFO', 'dump_started'],
    ['INFO', 'phase_started'],
    ['WARNING', 'process_warning'],
    ['INFO', 'progress'],
    ['INFO', 'dump_completed'],
  ]);
});

test('a log file that cannot be opened is a storage error', () => {
  expect(() => open({ logfile: '/nonexistent/run.log' })).toThrow(expect.objectContaining({ code: 'STORAGE' }));
});

test('whoever asks is told where the run stands, whatever the level, and the view stays below', () => {
  for (const terminalLevel of [0, 1, 2] as const) {
    const { reporter, clock, terminal } = open({ terminalLevel });
    reporter.emit({ type: 'lock', state: 'wanted', kind: 'THE LOCK' });
    reporter.emit({ type: 'progress', progress: progressOf({ rowsDone: 10, activities: ['`a`.`b`', ''] }) });
    clock.advance(200);
    reporter.status();
    expect(terminal.shown[0]).toMatch(/^\d\d:\d\d:\d\d status: .*waiting for THE LOCK, 0 s: /);
    expect(terminal.shown.slice(1, 3).map((line) => line.slice(9))).toEqual([
      '  connection 1: `a`.`b`',
      '  connection 2: idle',
    ]);
    expect(terminal.shown.length > 3).toBe(terminalLevel === 2);
  }
});
