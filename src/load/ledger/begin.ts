/**
 * Begins the ledger of a load, in the first of its databases where the account may. Where it may nowhere, the load goes
 * without: it says so, and fails where it would have to guess.
 */
import { describeError } from '../../base/errors.ts';
import type { Emit } from '../../base/events.ts';
import { isConnectionLost, serverErrno, serverFailure } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { LEDGER_TABLE } from '../../schema/names.ts';
import type { DumpContents } from '../contents.ts';
import { Ledger } from '../ledger.ts';
import type { LoadOptions } from '../options.ts';
import { identify } from './header.ts';

export interface LedgerRun {
  readonly session: Session;
  readonly contents: DumpContents;
  readonly options: LoadOptions;
  readonly emit: Emit;
}

/** An account that may not create tables in so many databases may not in others. */
const MAX_DATABASES = 16;

/** @throws ToolError SERVER_GONE. */
export async function beginLedger(run: LedgerRun): Promise<Ledger | undefined> {
  const { session, contents, options, emit } = run;
  const databases = ledgerDatabases(contents);
  if (databases.length === 0) return undefined;
  const identity = await identify(options);
  let refusal: unknown;
  for (const database of databases.slice(0, MAX_DATABASES)) {
    try {
      return await Ledger.begin(session, database, identity, emit);
    } catch (error) {
      if (serverErrno(error) === undefined || isConnectionLost(error)) {
        throw serverFailure('beginning the record of progress', error);
      }
      refusal ??= error;
    }
  }
  emit({
    type: 'warning',
    message: `progress is not recorded, for no table ${LEDGER_TABLE} could be made in the target: what is interrupted has to be begun anew (${describeError(refusal)})`,
  });
  return undefined;
}

/** Where the ledger of a load may be. */
export const ledgerDatabases = ({ databases }: DumpContents): string[] => databases.map(({ name }) => name).sort();
