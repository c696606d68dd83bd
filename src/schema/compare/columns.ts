/** Columns of CREATE TABLE statements, one by one and in their order. */
import { hasWord, isName, nameOfKey } from '../create-table.ts';
import type { TableItem } from '../create-table.ts';
import type { Token } from '../tokens.ts';
import { insteadOf, readable } from './likeness.ts';
import type { Likeness } from './likeness.ts';

/** Something that differs within a table. */
export interface PartDifference {
  /** The column that it is of; undefined: it is of another part. */
  readonly column?: string | undefined;
  /** Behind the table's name it makes a sentence. */
  readonly what: string;
}

export interface TableColumns {
  readonly items: readonly TableItem[];
  /** What text has that says nothing else; undefined: the table does not say. */
  readonly collation: string | undefined;
}

export function columnDifferences(
  { items: was, ...wasIn }: TableColumns,
  { items: is, ...isIn }: TableColumns,
  likeness: Likeness,
): PartDifference[] {
  const left = new Map(is.map((item) => [columnName(item), item]));
  const differences = was.flatMap((item): PartDifference[] => {
    const name = columnName(item);
    const other = left.get(name);
    left.delete(name);
    if (other === undefined) return [{ column: name, what: `column ${name} is missing` }];
    const [expected, found] = [describe(item, wasIn, likeness), describe(other, isIn, likeness)];
    if (expected === found) return [];
    return [{ column: name, what: `column ${name} is ${insteadOf(readable(found), readable(expected))}` }];
  });
  const extra = [...left.keys()].map((name) => ({
    column: name,
    what: `column ${name} is there, but was not dumped`,
  }));
  if (differences.length + extra.length > 0) return [...differences, ...extra];
  const moved = was.findIndex((item, at) => columnName(item) !== columnName(is[at]));
  if (moved === -1) return [];
  const [name, other] = [columnName(was[moved]), columnName(is[moved])];
  return [{ what: `has its columns in another order: number ${moved + 1} is ${other} instead of ${name}` }];
}

const columnName = (item: TableItem | undefined): string => (item === undefined ? '' : (nameOfKey(item) ?? ''));

function describe({ tokens }: TableItem, { collation }: Pick<TableColumns, 'collation'>, likeness: Likeness): string {
  const attributes = tokens.slice(1);
  return likeness === 'same series' ? joined(withCollation(attributes, collation)) : whatIsCommon(attributes);
}

const TEXT = /^(?:(?:var)?char|(?:tiny|medium|long)?text|enum|set)$/i;

/**
 * Servers leave out what the table has by default, and MySQL prints what was created as `COLLATE x_y` so, and what was created
 * from that as `CHARACTER SET x COLLATE x_y`: the same in one form.
 */
function withCollation(tokens: readonly Token[], ofTable: string | undefined): readonly Token[] {
  const [type] = tokens;
  if (type === undefined || !TEXT.test(type.text)) return tokens;
  let charset: string | undefined;
  let collation: string | undefined;
  const rest: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [{ text } = type, second, third] = tokens.slice(at, at + 3);
    if (text === 'CHARACTER' && second?.text === 'SET' && third !== undefined) {
      charset = third.text;
      at += 2;
    } else if (text === 'COLLATE' && second !== undefined) {
      collation = second.text;
      at += 1;
    } else rest.push(tokens[at]!);
  }
  const text = collation ?? (charset === undefined ? ofTable : `that of ${charset}`);
  return text === undefined ? rest : [...rest, { ...type, text: 'COLLATE' }, { ...type, text }];
}

const LITERAL = /^(?:'.*'|-?[\d.]+(?:e[+-]?\d+)?|NULL|TRUE|FALSE)$/is;

/** Types are compared by what information_schema says of them; expressions are spelled otherwise by every server. */
function whatIsCommon(tokens: readonly Token[]): string {
  const words = tokens.map(({ text }) => text.toUpperCase());
  const isNullable = !words.some((word, at) => word === 'NOT' && words[at + 1] === 'NULL');
  const isGenerated = hasWord(tokens, 'AS') || hasWord(tokens, 'GENERATED');
  const value = tokens[words.indexOf('DEFAULT') + 1]?.text ?? '';
  const isPlain = words.includes('DEFAULT') && LITERAL.test(value) && !/^NULL$/i.test(value);
  return [
    isNullable ? 'NULL' : 'NOT NULL',
    ...(hasWord(tokens, 'AUTO_INCREMENT') ? ['AUTO_INCREMENT'] : []),
    ...(isGenerated ? ['GENERATED'] : []),
    ...(isPlain ? [`DEFAULT ${value.replace(/^'(.*)'$/s, '$1')}`] : []),
  ].join(' ');
}

export function joined(tokens: readonly Token[]): string {
  let text = '';
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    const isTight = before === undefined || /^[(.,]$/.test(before.text) || /^[).,]$/.test(token.text);
    text += isTight || (token.text === '(' && !isName(before)) ? token.text : ` ${token.text}`;
  }
  return text;
}
