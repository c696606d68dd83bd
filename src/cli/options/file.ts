/**
 * Files of options, as the servers' clients and mydumper read them: groups of `key = value` lines. Text in, groups out, with
 * the line of each key for messages. What the keys mean, and whether quotes around a value belong to it, is for others to
 * say: a mydumper condition keeps them, a password does not.
 */

import { usageError } from '../values.ts';

export interface OptionFile {
  readonly path: string;
  /** In the order of the file; a name can occur more than once. */
  readonly groups: readonly OptionGroup[];
}

export interface OptionGroup {
  /** Between the brackets, as it stands. */
  readonly name: string;
  readonly line: number;
  readonly entries: readonly OptionEntry[];
}

export interface OptionEntry {
  readonly key: string;
  /** What is behind the first `=`, without blanks around it; undefined for a key alone. */
  readonly value: string | undefined;
  readonly line: number;
}

/** @throws ToolError USAGE with the line's number for what is neither a group, a key, a comment nor a blank line. */
export function readOptionFile(path: string, text: string): OptionFile {
  const groups: { name: string; line: number; entries: OptionEntry[] }[] = [];
  const lines = text.replace(/^\u{FEFF}/u, '').split(/\r?\n/);
  lines.forEach((each, index) => {
    const line = index + 1;
    const trimmed = each.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return;
    if (trimmed.startsWith('!')) throw usageError(`${path}, line ${line}: ${trimmed.split(/\s/)[0]} is not known here`);
    if (trimmed.startsWith('[')) {
      if (!trimmed.endsWith(']')) throw usageError(`${path}, line ${line}: the group ${trimmed} does not end with ]`);
      groups.push({ name: trimmed.slice(1, -1).trim(), line, entries: [] });
      return;
    }
    const group = groups.at(-1);
    if (group === undefined) throw usageError(`${path}, line ${line}: ${trimmed} stands before the first [group]`);
    group.entries.push({ ...keyAndValue(trimmed), line });
  });
  return { path, groups };
}

/** A key in backticks is a column's name and may hold anything, `=` too. */
function keyAndValue(text: string): { key: string; value: string | undefined } {
  const [, key = text, rest] = /^(`(?:[^`]|``)*`|[^=`][^=]*)\s*(?:=(.*))?$/s.exec(text) ?? [];
  return { key: key.trim(), value: rest?.trim() };
}
