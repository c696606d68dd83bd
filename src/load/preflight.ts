/**
 * Preflight: what can be known before anything of the target is changed, and would otherwise fail half way.
 *
 * In: the dump, the target and what its account may do. Out: nothing, or an error that names what stands in the way.
 */
import { ToolError } from '../base/errors.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { DumpContents } from './contents.ts';
import { longestStatementFor, tooLongHint } from './send/row-statement.ts';
import { someOf } from './target.ts';
import { quoteQualified } from '../schema/names.ts';

/** @throws ToolError LOAD_FAILED naming tables with a row for which the target's max_allowed_packet is too small. */
export function refuseLongRows(contents: DumpContents, server: ServerInfo): void {
  const limit = longestStatementFor(server);
  const { statementBytes } = contents;
  if (statementBytes === undefined) return;
  const tooLong = contents.tables.flatMap(({ database, name, longestStatementBytes = 0 }) =>
    // One that is not longer than `statementBytes` may hold several rows, and is split.
    longestStatementBytes > Math.max(limit, statementBytes)
      ? [{ name: quoteQualified(database, name), bytes: longestStatementBytes }]
      : [],
  );
  if (tooLong.length === 0) return;
  const bytes = tooLong.reduce((longest, each) => Math.max(longest, each.bytes), 0);
  const names = someOf(tooLong.map(({ name }) => name));
  throw new ToolError(
    'LOAD_FAILED',
    `${names} holds a row that the target does not take: its statement has ${bytes} bytes, max_allowed_packet is ${server.maxAllowedPacketBytes}; nothing was changed`,
    { hint: tooLongHint(bytes) },
  );
}
