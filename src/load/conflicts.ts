/**
 * Conflicts: what is in the target and may not be, or is not and must be, found before anything is touched.
 */
import { describeError, ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { TABLE_MISSING, withRetries } from '../mysql/retry.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteQualified } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';
import { describeIncomplete, findIncomplete, keptTables } from './kept.ts';
import type { LoadOptions } from './options.ts';
import { readTarget } from './target.ts';
import type { Target } from './target.ts';

/**
 * Refuses before anything is touched what would fail half way.
 *
 * @throws ToolError LOAD_FAILED naming the tables or views that stand in the way.
 */
export async function refuseConflicts(
  session: Session,
  contents: DumpContents,
  target: Target,
  options: LoadOptions,
): Promise<void> {
  if (!options.withSchemas || options.dropTable !== 'FAIL') return;
  const tables = contents.tables.filter(({ whenPresent }) => whenPresent === undefined);
  const present = [...tables, ...contents.views]
    .filter(({ database, name }) => target.has(database, name))
    .map(({ database, name }) => quoteQualified(database, name));
  if (present.length === 0) return;
  const incomplete = await findIncomplete(session, target, keptTables(contents, target, options));
  const lacking =
    incomplete.length === 0 ? '' : `${describeIncomplete(incomplete)}, as a load that was interrupted leaves it; `;
  throw new ToolError('LOAD_FAILED', `the target has ${someOf(present)} already; ${lacking}nothing was changed`, {
    hint: 'use --drop-table to drop them first, --drop-table=TRUNCATE or DELETE to empty them, SKIP to leave out those that exist, NONE to add rows to theirs; --no-schemas loads rows only',
  });
}

/**
 * Tables that are loaded and not created, with --no-schema all of them, must be there. One that is not may be about to be created by somebody else: it is waited
 * for as long as a missing table is anywhere, before the first row is sent.
 *
 * @throws ToolError LOAD_FAILED naming the tables that did not appear.
 */
export async function requireTables(run: TargetWait, contents: DumpContents, options: LoadOptions): Promise<void> {
  const needed = contents.tables.filter(
    ({ dataFiles, whenPresent }) => dataFiles.length > 0 && (!options.withSchemas || whenPresent === 'LOAD'),
  );
  if (needed.length === 0) return;
  await withRetries(
    {
      policyFor: (error) => (error instanceof ToolError && error.code === 'LOAD_FAILED' ? TABLE_MISSING : undefined),
      onRetry: (attempt, waitMs, error) =>
        run.emit({ type: 'retry', what: 'looking for the tables', attempt, waitMs, reason: describeError(error) }),
      sleep: run.sleep,
    },
    async () => {
      const target = await readTarget(run.session, run.server, contents);
      const missing = needed
        .filter(({ database, name }) => !target.has(database, name))
        .map(({ database, name }) => quoteQualified(database, name));
      if (missing.length === 0) return;
      throw new ToolError('LOAD_FAILED', `the target has no ${someOf(missing)}; nothing was changed`, {
        hint: 'create the tables first: tsload --no-data, or leave out what keeps them from being created',
      });
    },
  );
}

export interface TargetWait {
  readonly session: Session;
  readonly server: ServerInfo;
  readonly emit: Emit;
  readonly sleep: (ms: number) => Promise<void>;
}
