/** [mydumper_session_variables] and its kin in option files → what every session is to set. */

import type { OptionGroup } from '../options/file.ts';
import type { SessionVariable } from '../../mysql/options.ts';
import { usageError } from '../values.ts';
import { isOfServer, sectionOf } from './server-kind.ts';
import type { ProgramNames, ServerKind } from './server-kind.ts';

/**
 * What a dump's or a load's exactness rests on is set by the programs themselves, after these. The values that mydumper's own
 * file comes with ask for nothing else and are passed over in silence.
 */
const OURS = new Map<string, RegExp | undefined>([
  ['sql_mode', /^(["'])(?:NO_AUTO_VALUE_ON_ZERO)?\1$/i],
  ['names', undefined],
  ['character_set_client', undefined],
  ['character_set_connection', undefined],
  ['character_set_results', /^NULL$/i],
  ['collation_connection', undefined],
  ['time_zone', /^(["'])\+00:00\1$/],
  ['autocommit', undefined],
  ['completion_type', undefined],
  ['foreign_key_checks', /^0$/],
  ['unique_checks', /^[01]$/],
  ['sql_log_bin', /^0$/],
  ['transaction_isolation', undefined],
  ['tx_isolation', undefined],
  ['transaction_read_only', undefined],
  ['sql_select_limit', undefined],
  ['sql_auto_is_null', undefined],
  ['sql_quote_show_create', undefined],
  ['sql_notes', undefined],
  ['max_error_count', undefined],
]);

export interface Variables {
  readonly session: readonly SessionVariable[];
  readonly notices: readonly string[];
  readonly needsServer: boolean;
}

/** The later of two values for one variable wins. @throws ToolError USAGE with file and line. */
export function variablesOfFiles(
  groups: readonly OptionGroup[],
  names: ProgramNames,
  server: ServerKind | undefined,
): Variables {
  const session = new Map<string, SessionVariable>();
  const notices: string[] = [];
  let needsServer = false;
  for (const group of groups) {
    const section = sectionOf(group.name, names);
    if (section?.variables === undefined || group.entries.length === 0) continue;
    if (section.server !== undefined) {
      if (server === undefined && group.entries.some(({ key, value }) => !isAsShipped(key, value))) needsServer = true;
      if (server === undefined || !isOfServer(section.server, server)) continue;
    }
    for (const { key, value, line } of group.entries) {
      const at = `${group.path}, line ${line}`;
      if (section.variables === 'global') {
        notices.push(
          `${at}: the global variable ${key} is passed over: it would change the server for everybody, and stay so after a kill; set it there`,
        );
        continue;
      }
      if (isAsShipped(key, value)) continue;
      if (OURS.has(key.toLowerCase())) {
        notices.push(`${at}: ${key} is passed over: ${names[1]} sets it itself, and what it does rests on that`);
        continue;
      }
      session.set(key.toLowerCase(), variable(key, value, at));
    }
  }
  return { session: [...session.values()], notices, needsServer };
}

function isAsShipped(key: string, value: string | undefined): boolean {
  return OURS.get(key.toLowerCase())?.test(withoutVersion(value ?? '').value) === true;
}

function variable(key: string, text: string | undefined, origin: string): SessionVariable {
  if (!/^[a-z]\w*(?:\.\w+)?$/i.test(key)) throw usageError(`${origin}: ${key} is no name of a variable`);
  if (text === undefined || text === '') throw usageError(`${origin}: ${key} needs a value`);
  return { name: key, ...withoutVersion(text), origin };
}

/** A version comment that does not end says from which version on a value is set, as in `0 /*!40114`. */
function withoutVersion(text: string): { readonly value: string; readonly fromVersion?: string } {
  const [, value, fromVersion] = /^(.*?)\s*\/\*!(\d{5,6})\s*$/s.exec(text) ?? [];
  const plain = (value ?? text).replace(/\s*;$/, '');
  return fromVersion === undefined ? { value: plain } : { value: plain, fromVersion };
}
