/** The options that change who owns views and code, the same in both commands. */

import type { Command } from 'commander';

import { accountToSql } from '../../schema/definer.ts';
import type { DefinerChange } from '../../schema/definer.ts';
import { option } from '../command.ts';
import { usageError } from '../values.ts';

/** As commander gathers them. */
export interface DefinerValues {
  readonly skipDefiner?: true;
  /** As it stands in SQL. */
  readonly replaceDefiner?: string;
}

/** To be called within the group of what is dumped or loaded. */
export function addDefinerOptions(command: Command): Command {
  return command
    .addOption(
      option('--skip-definer', 'leave definers out: views and code then belong to the account that loads them'),
    )
    .addOption(option('--replace-definer <account>', 'make user@host the definer of all views and code', account));
}

function account(text: string): string {
  const sql = accountToSql(text);
  if (sql === undefined) {
    throw usageError(`--replace-definer: "${text}" is not allowed; give an account as user@host, or CURRENT_USER`);
  }
  return sql;
}

/** @throws ToolError USAGE when both are given. */
export function definerFrom({ skipDefiner, replaceDefiner }: DefinerValues): DefinerChange | undefined {
  if (skipDefiner === true && replaceDefiner !== undefined) {
    throw usageError('--skip-definer and --replace-definer exclude each other: give one of them');
  }
  if (replaceDefiner !== undefined) return { kind: 'replace', definer: replaceDefiner };
  return skipDefiner === true ? { kind: 'skip' } : undefined;
}
