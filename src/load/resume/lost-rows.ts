/**
 * Rows that a server has lost since they were loaded: a crash may cost tables without transactions some of theirs, and a
 * restart those in memory all. Such a table is not whole, whatever the ledger says.
 */
import { ToolError } from '../../base/errors.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteQualified } from '../../schema/names.ts';
import { hasRows, isTransactional } from '../../schema/table.ts';
import type { DumpTable } from '../contents.ts';
import type { Target } from '../target.ts';
import type { LoadRecord } from './record.ts';

/**
 * Has tables loaded anew that hold fewer rows than were loaded.
 *
 * @throws ToolError ROWS_DIFFER when it is too late for that: there may be triggers.
 */
export async function forgetLostRows(
  session: Session,
  record: LoadRecord,
  found: Target,
  tables: readonly DumpTable[],
): Promise<void> {
  for (const table of tables) {
    const engine = found.find(table.database, table.name)?.engine ?? '';
    if (engine === '' || isTransactional(engine) || !hasRows(engine)) continue;
    const loaded = record.wholeRowsOf(table);
    if (loaded === 0) continue;
    const label = quoteQualified(table.database, table.name);
    const [count] = await saying(`counting ${label}`, () => textRow(session, `SELECT COUNT(*) FROM ${label}`));
    if (Number(count) >= loaded) continue;
    if (record.isBehind('rows-loaded')) {
      throw new ToolError(
        'ROWS_DIFFER',
        `${label}: ${loaded} rows were loaded, and the server has ${count} of them left`,
      );
    }
    const files = table.dataFiles.map(({ name }) => name);
    await record.ledger?.forget(session, files);
  }
}
