/**
 * The log for machines: one JSON object a line, in the shape of mydumper's --machine-log-json (schema 1). Every line has
 * schema_version, event_version, seq, run_id, kind, ts, level, tool, program, pid, event, phase, status and fatal; status is
 * started, progress, finished, failed, cancelled or warning. Readers go by event, phase and status, and pass over fields
 * that they do not know; `message` is for people.
 */

import { randomBytes } from 'node:crypto';

import type { Progress, RunEvent } from '../base/events.ts';
import { describePosition } from './event-log.ts';
import type { LogLevel } from './log.ts';
import type { Outcome } from './outcome.ts';

const SCHEMA_VERSION = '1';
/** Progress is told as often as a scraper looks, not as often as it changes. */
const PROGRESS_MS = 5_000;

type Status = 'started' | 'progress' | 'finished' | 'failed' | 'cancelled' | 'warning';
type Fields = Readonly<Record<string, unknown>>;

/** What they are called, and from which level of the log on they are told. */
const LEVELS = new Map<Status, readonly [word: string, from: LogLevel]>([
  ['failed', ['ERROR', 1]],
  ['cancelled', ['ERROR', 1]],
  ['warning', ['WARNING', 2]],
]);

export interface MachineLog {
  event(event: RunEvent, nowMs: number): void;
  notice(message: string): void;
  /** Where the run stands, with what each connection is at. */
  status(): void;
  end(outcome: Outcome): void;
}

/** @param level 1 errors, 2 warnings, 3 info, 4 each table too. */
export function createMachineLog(program: string, level: LogLevel, write: (line: string) => void): MachineLog {
  const runId = uuidV7(Date.now());
  const work = program.endsWith('verify') ? 'verify' : program === 'tsload' ? 'restore' : 'dump';
  let seq = 0;
  let phase = 'startup';
  let progressMs = Number.NEGATIVE_INFINITY;
  let latest: Progress | undefined;
  const say = (event: string, status: Status, fields: Fields = {}): void => {
    const [word, from] = LEVELS.get(status) ?? (event === 'table_completed' ? ['INFO', 4] : ['INFO', 3]);
    if (from > level) return;
    seq += 1;
    const entry = {
      schema_version: SCHEMA_VERSION,
      event_version: SCHEMA_VERSION,
      seq,
      run_id: runId,
      kind: 'event',
      ts: new Date().toISOString(),
      level: word,
      tool: program,
      program,
      pid: process.pid,
      event,
      phase,
      status,
      fatal: status === 'failed' || status === 'cancelled',
      ...fields,
    };
    write(`${JSON.stringify(entry)}\n`);
  };
  say(`${work}_started`, 'started');
  return {
    event: (event, nowMs) => {
      if (event.type === 'phase') phase = event.phase;
      if (event.type === 'progress') {
        latest = event.progress;
        if (nowMs - progressMs < PROGRESS_MS) return;
        progressMs = nowMs;
      }
      say(...entryOf(event));
    },
    notice: (message) => say('process_warning', 'warning', { message }),
    status: () =>
      say('status', 'progress', latest === undefined ? {} : { ...figuresOf(latest), connections: latest.activities }),
    end: ({ isSuccess, fields, lines }) => {
      const { exitCode, summary, code, error, stack } = fields as unknown as Ended;
      const isCancelled = code === 'INTERRUPTED' || code === 'TERMINATED';
      const status = isCancelled ? 'cancelled' : isSuccess || summary !== undefined ? 'finished' : 'failed';
      say(`${work}_completed`, status, {
        exit_code: exitCode,
        ...(summary === undefined ? {} : countersOf(summary)),
        ...(code === undefined ? {} : { error_code: code }),
        ...(code === 'INTERNAL' ? { stack } : {}),
        message: error ?? lines.at(-1),
      });
    },
  };
}

interface Ended {
  readonly exitCode: number;
  readonly code?: string;
  readonly error?: string;
  readonly stack?: string;
  readonly summary?: Readonly<Record<string, unknown>>;
}

/** A summary's numbers under mydumper's names, then the rest of it. */
function countersOf(summary: Fields): Fields {
  const { seconds, warnings, skipped, files, tables, rows, bytes, storedBytes, retries } = summary;
  return {
    tables,
    ...(files === undefined ? {} : { files }),
    rows,
    bytes,
    stored_bytes: storedBytes,
    errors: 0,
    warnings: (warnings as readonly string[]).length,
    retries: retries ?? 0,
    skipped: (skipped as readonly unknown[]).length,
    duration_ms: Math.round((seconds as number) * 1000),
    ...(summary['lockHeldMs'] === undefined ? {} : { lock_held_ms: summary['lockHeldMs'] }),
  };
}

function entryOf(event: RunEvent): [event: string, status: Status, fields: Fields] {
  switch (event.type) {
    case 'phase':
      return ['phase_started', 'started', {}];
    case 'server':
      return ['server_connected', 'finished', { product: event.product, version: event.version, where: event.where }];
    case 'lock': {
      const status = ({ wanted: 'started', held: 'progress', released: 'finished' } as const)[event.state];
      const heldMs = event.state === 'released' ? { held_ms: event.heldMs } : {};
      return [`lock_${event.state}`, status, { lock: event.kind, ...heldMs }];
    }
    case 'position': {
      const { file, position, gtidSet } = event.position;
      const message = describePosition(event.position) ?? 'the server keeps no binlog';
      return [
        'position_read',
        'finished',
        { binlog_file: file, binlog_position: position, gtid_set: gtidSet, message },
      ];
    }
    case 'totals':
      return ['totals_known', 'progress', { tables_total: event.tables, rows_total: event.rows, bytes: event.bytes }];
    case 'progress':
      return ['progress', 'progress', figuresOf(event.progress)];
    case 'table-done':
      return ['table_completed', 'finished', { object_id: event.table, table: event.table, rows_done: event.rows }];
    case 'retry': {
      const { what, attempt, waitMs, reason } = event;
      return ['retry', 'warning', { retryable: true, object_id: what, attempt, wait_ms: waitMs, message: reason }];
    }
    case 'left-out':
      return ['object_left_out', 'finished', { object_id: event.name, object_kind: event.kind, by: event.by }];
    case 'skipped':
      return ['object_skipped', 'warning', { object_id: event.what, message: event.why }];
    case 'note':
      return ['process_notice', 'progress', { message: event.message }];
    case 'warning':
      return ['process_warning', 'warning', { message: event.message }];
  }
}

function figuresOf({ tablesDone, tablesTotal, rowsDone, rowsTotal, bytesDone, storedBytes }: Progress): Fields {
  return {
    rows_done: rowsDone,
    rows_total: rowsTotal,
    tables_total: tablesTotal,
    tables_remaining: tablesTotal - tablesDone,
    bytes: bytesDone,
    stored_bytes: storedBytes,
  };
}

/** RFC 9562: 48 bits of time, so that ids sort by it, and the rest by chance. */
function uuidV7(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
