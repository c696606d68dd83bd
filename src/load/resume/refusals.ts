/**
 * Refusals: why a load does not begin, or does not go on, in a target that holds an interrupted one, and what can be done.
 */
import { differingOptions } from '../../base/given-options.ts';
import { ToolError } from '../../base/errors.ts';
import { someOf } from '../../base/some-of.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteName } from '../../schema/names.ts';
import { SELECTING } from '../ledger/header.ts';
import type { LedgerHeader, LedgerPhase, LoadIdentity } from '../ledger/header.ts';
import type { Ledger } from '../ledger.ts';
import type { LoadOptions } from '../options.ts';
import type { EarlierProgress } from './record.ts';

const NOTHING_CHANGED = 'nothing was changed';

export function nothingToResume(databases: readonly string[]): ToolError {
  const where = databases.length === 0 ? '' : ` in ${someOf(databases.map(quoteName))}`;
  return new ToolError('LOAD_FAILED', `nothing to resume here: the target holds no interrupted load${where}`, {
    hint: 'load without --resume; if a load ended here with success, there is nothing left to do',
  });
}

/** @throws ToolError LOAD_FAILED: to go on would not be the same load. */
export function refuseOther({ header, database }: Ledger, identity: LoadIdentity): void {
  const what = `the interrupted load in ${quoteName(database)}, begun ${clockTime(header)},`;
  if (header.dump !== identity.dump) {
    throw new ToolError('LOAD_FAILED', `${what} is of another dump than this; ${NOTHING_CHANGED}`, {
      hint: 'name the directory of that dump, or load this one from the beginning with --drop-table',
    });
  }
  const differing = differingOptions(header.options, identity.options, SPELLED);
  if (differing.length === 0) return;
  throw new ToolError('LOAD_FAILED', `${what} had other options: ${differing.join('; ')}; ${NOTHING_CHANGED}`, {
    hint: 'give it the options that it was begun with, and --resume',
  });
}

/** What a load comes upon that was not told to go on. */
export function interruptedLoad(
  { header, database }: Ledger,
  identity: LoadIdentity,
  { files, wholeFiles, rows }: EarlierProgress,
): ToolError {
  const isSame = header.dump === identity.dump;
  const far = isSame
    ? `; ${REACHED[header.phase]}, ${wholeFiles} of ${files} data files whole, ${rows.toLocaleString('en-US')} rows`
    : '';
  return new ToolError(
    'LOAD_FAILED',
    `the target holds an interrupted load${isSame ? '' : ' of another dump'} in ${quoteName(database)}, begun ${clockTime(header)}${far}; ${NOTHING_CHANGED}`,
    {
      hint: isSame
        ? 'go on with it: the command it was begun with, and --resume; or begin anew: --drop-table, which replaces what it has loaded'
        : 'go on with it: its own command, and --resume; or replace what it has loaded by this dump: --drop-table',
    },
  );
}

const REACHED: Readonly<Record<LedgerPhase, string>> = {
  begun: 'it was making room for its tables',
  'room-made': 'it was loading rows',
  'rows-loaded': 'its rows and keys are there',
  'constraints-added': 'its rows, keys and foreign keys are there',
  'code-created': 'all but its views is there',
};

/** @throws ToolError ANOTHER_RUN */
export async function refuseRunning(session: Session, { locks, header, database }: Ledger): Promise<void> {
  const holder = await locks.holderOfLoad(session);
  if (holder === undefined) return;
  throw new ToolError(
    'ANOTHER_RUN',
    `another run is loading into ${quoteName(database)}, begun ${clockTime(header)}; ${NOTHING_CHANGED}`,
    { hint: `wait for its end; if it is dead and the server has not noticed: KILL ${holder}, then try again` },
  );
}

/** What to say of a load that another one replaces; undefined: nothing, for it is about the same tables. */
export function replacedLoad({ header, database }: Ledger, identity: LoadIdentity): string | undefined {
  const isSame = SELECTING.every((name) => header.options[name] === identity.options[name]);
  if (isSame && header.dump === identity.dump) return undefined;
  return `an interrupted load in ${quoteName(database)}, begun ${clockTime(header)}, is given up for this one: tables that it had begun and that are not part of this load stay incomplete`;
}

const SPELLED: Partial<Record<keyof LoadOptions, string>> = {
  sourceDatabase: '--source-db',
  targetDatabase: '--database',
  tables: '--tables-list',
  regex: '--regex',
  omit: '--omit-from-file',
  tableRules: '--defaults-file',
  without: '--skip-… options',
  dropTable: '--drop-table',
  withSchemas: '--no-schemas',
  withData: '--no-data',
  withUsers: '--users',
  definer: '--skip-definer and --replace-definer',
};

const clockTime = ({ begunAt }: LedgerHeader): string => `${begunAt.slice(0, 19).replace('T', ' ')} UTC`;
