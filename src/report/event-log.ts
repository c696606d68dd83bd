/** Which events belong in the log, at which level, in which words. */

import type { Logger } from 'pino';

import type { BinlogPosition, RunEvent } from '../base/events.ts';
import { formatBytes, formatCounted, formatSeconds } from './format.ts';

export function logEvent(log: Logger, event: RunEvent): void {
  // There are as many of these as tables, and few want to read them.
  if (event.type === 'table-done' && !log.isLevelEnabled('debug')) return;
  const { type, ...fields } = event;
  const entry = { event: type, ...fields };
  switch (event.type) {
    case 'warning':
      return log.warn({ event: type }, event.message);
    case 'note':
      return log.info({ event: type }, event.message);
    case 'skipped':
      return log.warn(entry, `left out: ${event.what}: ${event.why}`);
    case 'left-out':
      return log.info(entry, `left out by ${event.by}: ${event.kind} ${event.name}`);
    case 'retry':
      return log.warn(
        entry,
        `${event.what}: ${event.reason}; attempt ${event.attempt} in ${formatSeconds(event.waitMs / 1000)}`,
      );
    case 'table-done':
      return log.debug(entry, `${event.table}: ${formatCounted(event.rows, 'row')} done`);
    case 'progress':
      // Too many for a log; what people need of them comes as a line now and then.
      return undefined;
    case 'phase':
      return log.info(entry, `phase: ${event.phase}`);
    case 'server':
      return log.info(entry, `connected to ${event.product} ${event.version} at ${event.where}`);
    case 'lock':
      return log.info(entry, lockMessage(event));
    case 'position':
      return log.info(
        entry,
        `snapshot at ${describePosition(event.position) ?? 'no binlog position: the server keeps none'}`,
      );
    case 'totals':
      return log.info(
        entry,
        `${formatCounted(event.tables, 'table')}, ${formatCounted(event.rows, 'row')}, ${formatBytes(event.bytes)} ahead`,
      );
  }
}

function lockMessage(event: Extract<RunEvent, { type: 'lock' }>): string {
  if (event.state === 'released') return `released ${event.kind} after ${formatSeconds(event.heldMs / 1000)}`;
  return event.state === 'held' ? `holding ${event.kind}` : `waiting for ${event.kind}`;
}

/** "binlog.000003:1234, GTID 3e11fa47-…:1-5"; undefined when the server keeps none. */
export function describePosition({ file, position, gtidSet }: BinlogPosition): string | undefined {
  const parts = [
    ...(file === undefined ? [] : [`${file}:${position ?? '?'}`]),
    ...(gtidSet === undefined || gtidSet === '' ? [] : [`GTID ${gtidSet}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
