/**
 * The sections of a defaults file that speak of tables: [`database`.`table`], [`database`.``] for all tables of a database,
 * [``.`table`] for a table of that name in every database. Keys and their meaning are mydumper's.
 */

import { describeError } from '../../base/errors.ts';
import { compileRegex } from '../../schema/filter/name-list.ts';
import type { Parts, TableRule, TableSettings } from '../../schema/filter/table-rules.ts';
import { unquoteName } from '../../schema/names.ts';
import type { OptionEntry, OptionGroup } from './file.ts';
import { nearest } from '../nearest.ts';
import { oneOf, usageError, wholeNumber } from '../values.ts';

type Draft = { -readonly [Key in keyof TableSettings]: TableSettings[Key] };
type KeyReader = (value: string, draft: Draft) => void;

const SECTION = /^(`(?:[^`]|``)*`)\.(`(?:[^`]|``)*`)$/;
const REPLACE_PREFIX = 'columns_on_select_replace_';

const KEYS = new Map<string, KeyReader>([
  ['where', (value, draft) => (draft.where = value)],
  ['limit', (value, draft) => (draft.limit = wholeNumber('limit', { min: 0, max: 1e15 })(value))],
  ['rows', (value, draft) => (draft.rows = wholeNumber('rows', { min: 1, max: 1e15 })(value))],
  // mydumper's bound on the threads of one table; here idle connections help wherever there is work.
  ['num_threads', (value) => void wholeNumber('num_threads', { min: 0, max: 1024 })(value)],
  ['columns_on_select', (value, draft) => (draft.columnsOnSelect = items(value))],
  ['columns_on_insert', (value, draft) => (draft.columnsOnInsert = items(value).map(unquoteName))],
  ['columns_on_select_replace', (value, draft) => items(value).forEach((item) => replace(draft, ...pair(item)))],
  ['object_to_export', (value, draft) => (draft.exported = parts(value))],
  ['object_to_import', (value, draft) => (draft.imported = parts(value))],
  ['partition_regex', (value, draft) => (draft.partitionRegex = checkedRegex('partition_regex', value))],
]);

/** @throws ToolError USAGE with file and line for a key that is unknown or cannot be obeyed. */
export function tableRules(groups: readonly OptionGroup[]): TableRule[] {
  return groups.filter(isTableSection).map((group) => {
    const [, database = '', table = ''] = SECTION.exec(group.name) ?? [];
    if (database === '') {
      throw usageError(`${group.path}, line ${group.line}: [${group.name}] is not [\`database\`.\`table\`]`);
    }
    const settings: Draft = {};
    for (const entry of group.entries) readEntry(group.path, entry, settings);
    const origin = `[${group.name}] in ${group.path}, line ${group.line}`;
    return { database: unquoteName(database), table: unquoteName(table), settings, origin };
  });
}

export function isTableSection({ name }: OptionGroup): boolean {
  return name.startsWith('`');
}

function readEntry(path: string, { key, value, line }: OptionEntry, settings: Draft): void {
  const at = `${path}, line ${line}`;
  if (key.startsWith('`')) {
    // Passing over it would dump what was to be hidden.
    throw usageError(`${at}: ${key}: masking functions are not known here`, 'use columns_on_select_replace with SQL');
  }
  if (value === undefined || value === '') throw usageError(`${at}: ${key} needs a value`);
  if (key.startsWith(REPLACE_PREFIX)) return replace(settings, unquoteName(key.slice(REPLACE_PREFIX.length)), value);
  const read = KEYS.get(key.replaceAll('-', '_').toLowerCase());
  if (read === undefined) {
    const meant = nearest(key, [...KEYS.keys()]);
    throw usageError(`${at}: ${key} is unknown${meant === undefined ? '' : ` (did you mean ${meant}?)`}`);
  }
  try {
    read(value, settings);
  } catch (error) {
    throw usageError(`${at}: ${describeError(error)}`);
  }
}

/** @throws ToolError USAGE for a pattern that JavaScript cannot take in PCRE2's meaning. */
export function checkedRegex(option: string, pattern: string): string {
  try {
    compileRegex(pattern);
    return pattern;
  } catch (error) {
    const words = describeError(error).replace(/^Invalid regular expression: /, '');
    throw usageError(`${option}: cannot take "${pattern}": ${words}`);
  }
}

const PARTS = ['ALL', 'NONE', 'SCHEMA', 'DATA', 'TRIGGER'] as const;

function parts(value: string): Parts {
  const words = items(value).map(oneOf('objects', PARTS));
  const has = (word: (typeof PARTS)[number]): boolean =>
    !words.includes('NONE') && (words.includes('ALL') || words.includes(word));
  return { schema: has('SCHEMA'), data: has('DATA'), triggers: has('TRIGGER') };
}

function replace(draft: Draft, column: string, expression: string): void {
  draft.replacements = new Map([...(draft.replacements ?? []), [column, expression]]);
}

/** "`column`:expression". */
function pair(item: string): [string, string] {
  const [, column = '', expression = ''] = /^(`(?:[^`]|``)*`|[^:`]+):(.+)$/s.exec(item) ?? [];
  if (expression === '') throw usageError(`"${item}" is not \`column\`:expression`);
  return [unquoteName(column.trim()), expression.trim()];
}

/** What is between the commas that stand in no quotes and no parentheses. */
export function items(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let item = '';
  for (const [token] of text.matchAll(/`[^`]*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === ',' && depth === 0) {
      found.push(item.trim());
      item = '';
    } else item += token;
  }
  found.push(item.trim());
  if (found.includes('')) throw usageError(`"${text}" is no list with commas between its items`);
  return found;
}
