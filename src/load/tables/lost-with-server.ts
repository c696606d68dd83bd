/**
 * Rows that went with a server that was killed while others were loaded: of tables without transactions it may lose some, and
 * of those in memory all.
 */
import { abortable } from '../../base/abort.ts';
import { ToolError } from '../../base/errors.ts';
import { someOf } from '../../base/some-of.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import { Place } from '../place.ts';
import type { PlaceRun } from '../place.ts';
import { hasTransactions } from './table-load.ts';
import type { TableLoad } from './table-load.ts';

/** @throws ToolError ROWS_DIFFER naming the tables that hold fewer rows than were loaded. */
export async function requireRowsAfterRestart(run: PlaceRun, loads: readonly TableLoad[]): Promise<void> {
  const mayHaveLost = loads.filter((load) => load.rows > 0 && !hasTransactions(load));
  if (!run.sessions.wasRestarted || mayHaveLost.length === 0) return;
  const place = new Place(run, 'rows.0');
  const lost: string[] = [];
  const drop = (): void => place.destroy('the run was ended');
  await abortable(run.signal, drop, async () => {
    for (const { state, rows, engine = '' } of mayHaveLost) {
      const what = `rows of ${state.label}`;
      const [count] = await place.retried({ what }, (session) =>
        saying(`counting ${what}`, () => textRow(session, `SELECT COUNT(*) FROM ${state.label}`)),
      );
      if (Number(count) < rows) lost.push(`${state.label} (${engine}) has ${count} of ${rows} rows`);
    }
    await place.close();
  });
  if (lost.length === 0) return;
  throw new ToolError('ROWS_DIFFER', `the server was restarted during the load and has lost rows: ${someOf(lost)}`, {
    hint: 'tsload --resume loads these tables anew',
  });
}
