/**
 * Files of options, as the servers' clients and mydumper read them: groups of `key = value` lines, and !include. Text in,
 * groups out, with file and line of each key for messages. What the keys mean, and whether quotes around a value belong to
 * it, is for others to say: a mydumper condition keeps them, a password does not.
 */

import { dirname, resolve } from 'node:path';

import { usageError } from '../values.ts';

export interface OptionGroup {
  /** Between the brackets, as it stands. */
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly entries: readonly OptionEntry[];
}

export interface OptionEntry {
  readonly key: string;
  /** What is behind the first `=`, without blanks around it; undefined for a key alone. */
  readonly value: string | undefined;
  readonly line: number;
}

/** What !include and !includedir need. */
export interface FileReader {
  /** The text of a file in UTF-8. @throws ToolError USAGE when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Names of the files in a directory. @throws ToolError USAGE when it cannot be read. */
  readonly filesIn: (directory: string) => readonly string[];
}

/** As deep as the servers' clients follow !include. */
const MAX_DEPTH = 10;

/**
 * The groups in the order of the file, those of an included file where it is included; a name can occur more than once.
 *
 * @throws ToolError USAGE with file and line for what is neither a group, a key, a comment, an include nor a blank line.
 */
export function readOptionFile(path: string, text: string, files: FileReader, depth = 0): OptionGroup[] {
  const groups: (OptionGroup & { entries: OptionEntry[] })[] = [];
  const lines = text.replace(/^\u{FEFF}/u, '').split(/\r?\n/);
  lines.forEach((each, index) => {
    const line = index + 1;
    const at = `${path}, line ${line}`;
    const trimmed = each.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return;
    if (trimmed.startsWith('!')) {
      if (depth === MAX_DEPTH) throw usageError(`${at}: files include each other more than ${MAX_DEPTH} deep`);
      const open = groups.at(-1);
      for (const included of includedFiles(trimmed, path, at, files)) {
        const found = readOptionFile(included, readIncluded(included, at, files), files, depth + 1);
        groups.push(...found.map((group) => ({ ...group, entries: [...group.entries] })));
      }
      // What follows still belongs to the group before the include.
      if (open !== undefined) groups.push({ name: open.name, path, line, entries: [] });
      return;
    }
    if (trimmed.startsWith('[')) {
      if (!trimmed.endsWith(']')) throw usageError(`${at}: the group ${trimmed} does not end with ]`);
      groups.push({ name: trimmed.slice(1, -1).trim(), path, line, entries: [] });
      return;
    }
    const group = groups.at(-1);
    if (group === undefined) throw usageError(`${at}: ${trimmed} stands before the first [group]`);
    group.entries.push({ ...keyAndValue(trimmed), line });
  });
  return groups;
}

function includedFiles(directive: string, path: string, at: string, { filesIn }: FileReader): string[] {
  const [, word = '', named = ''] = /^!(\S+)\s*(.*)$/.exec(directive) ?? [];
  if (word !== 'include' && word !== 'includedir') {
    throw usageError(`${at}: !${word} is not known; give !include FILE or !includedir DIRECTORY`);
  }
  if (named === '') throw usageError(`${at}: !${word} needs a name`);
  const target = resolve(dirname(path), named);
  if (word === 'include') return [target];
  try {
    const names = filesIn(target).filter((name) => name.endsWith('.cnf'));
    return names.sort().map((name) => resolve(target, name));
  } catch (error) {
    throw usageError(`${at}: cannot read the directory ${target}`, undefined, error);
  }
}

function readIncluded(path: string, at: string, { readFile }: FileReader): string {
  try {
    return readFile(path);
  } catch (error) {
    throw usageError(`${at}: cannot include ${path}`, undefined, error);
  }
}

/** A key in backticks is a column's name and may hold anything, `=` too. */
function keyAndValue(text: string): { key: string; value: string | undefined } {
  const [, key = text, rest] = /^(`(?:[^`]|``)*`|[^=`][^=]*)\s*(?:=(.*))?$/s.exec(text) ?? [];
  return { key: key.trim(), value: rest?.trim() };
}

const ESCAPES = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['s', ' '],
  ['\\', '\\'],
]);

/**
 * A value as the servers' clients read it: a # that stands in no quotes begins a comment, quotes around it are taken away,
 * and \s, \t, \\ and so on are what they stand for.
 */
export function clientValue(raw: string): string {
  const quoted = /^(["'])((?:\\.|(?!\1)[^\\])*)\1\s*(?:#.*)?$/s.exec(raw)?.[2];
  const text = quoted ?? raw.replace(/#.*$/s, '').trim();
  return text.replaceAll(/\\([btnrs\\])/g, (_, letter: string) => ESCAPES.get(letter) ?? '');
}

/** Without quotes that enclose the whole of it, and nothing else: what mydumper's own keys hold is SQL, or a pattern. */
export function unquotedValue(raw: string): string {
  return /^(["'])((?:(?!\1).)*)\1$/s.exec(raw)?.[2] ?? raw;
}
