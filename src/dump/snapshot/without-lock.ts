/**
 * Without lock: snapshots that are opened while others write, again until all of them are proven to show the same.
 */
import { ToolError } from '../../base/errors.ts';
import type { BinlogPosition } from '../../base/events.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import { quoteString } from '../../schema/names.ts';
import { openEqual } from '../../mysql/snapshots.ts';
import type { BeginEverywhere } from '../../mysql/snapshots.ts';
import type { Scene } from './scene.ts';

/** A round takes milliseconds: on a server with a few hundred commits a second one of these many meets a quiet moment. */
const ROUNDS = 200;

/**
 * Rounds of snapshots until one is proven equal; SAFE_NO_LOCK has one round only.
 *
 * @throws ToolError CONSISTENCY when none is; USAGE when the server gives nothing to prove it by.
 */
export async function openEqualSnapshots(scene: Scene, begin: BeginEverywhere): Promise<BinlogPosition> {
  const { server, options } = scene;
  if (!server.hasBinlog) {
    throw new ToolError('CONSISTENCY', `--sync-thread-lock-mode=${options.mode} compares binlog positions`, {
      hint: 'the server keeps no binlog: use AUTO or LOCK_ALL',
    });
  }
  const rounds = options.mode === 'GTID' ? ROUNDS : 1;
  for (let round = 1; round <= rounds; round++) {
    scene.signal.throwIfAborted();
    const position = await openEqual(scene.session, server, begin);
    if (position !== undefined) return server.product === 'MariaDB' ? withGtid(scene, position) : position;
  }
  throw new ToolError(
    'CONSISTENCY',
    `others committed while the snapshots were opened (${rounds} times of ${rounds})`,
    {
      hint: 'use --sync-thread-lock-mode=AUTO, or GTID, which tries many times, or fewer --threads',
    },
  );
}

/** MariaDB tells of a snapshot the place only. */
async function withGtid({ session }: Scene, { file = '', position }: BinlogPosition): Promise<BinlogPosition> {
  const [gtid] = await saying('reading the GTID of the snapshot', () =>
    textRow(session, `SELECT BINLOG_GTID_POS(${quoteString(file)}, ${position})`),
  );
  return { file, position, gtidSet: gtid === '' ? undefined : gtid };
}
