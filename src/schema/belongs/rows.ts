/** The head of a statement of rows, up to its first row. */
import type { HeadToken, HeadTokens } from './tokens.ts';

const MODIFIERS: ReadonlySet<string> = new Set('LOW_PRIORITY DELAYED HIGH_PRIORITY IGNORE'.split(' '));
const VALUES: ReadonlySet<string> = new Set(['VALUES', 'VALUE']);

/** Judges a table's name: what is in front of the dot, or the name, and what is behind it. */
type WhyNotOwn = (first: HeadToken | undefined, second: HeadToken | undefined) => string | undefined;

/** Reads behind INSERT or REPLACE. */
export function namesTable(tokens: HeadTokens, whyNotOwn: WhyNotOwn): string | undefined {
  while (tokens.takeAny(MODIFIERS) !== undefined);
  tokens.take('INTO');
  const first = tokens.next();
  const why = whyNotOwn(first, tokens.take('.') ? tokens.next() : undefined);
  if (why !== undefined) return why;
  if (tokens.take('(') && !passColumns(tokens)) return 'no list of columns follows the name';
  const isOfRows = tokens.takeAny(VALUES) !== undefined && tokens.take('(');
  return isOfRows ? undefined : 'its rows are not in it';
}

/** Reads behind LOAD, up to the table's name; whether it is a statement of a dump at all is asked by format/load-data.ts. */
export function fillsTable(tokens: HeadTokens, whyNotOwn: WhyNotOwn): string | undefined {
  if (!tokens.take('DATA', 'LOCAL', 'INFILE')) return undefined;
  tokens.next();
  if (!tokens.take('REPLACE')) tokens.take('IGNORE');
  if (!tokens.take('INTO', 'TABLE')) return undefined;
  const first = tokens.next();
  return whyNotOwn(first, tokens.take('.') ? tokens.next() : undefined);
}

function passColumns(tokens: HeadTokens): boolean {
  do {
    const name = tokens.next();
    if (name === undefined || (name.kind !== 'name' && name.kind !== 'word' && name.kind !== 'string')) return false;
  } while (tokens.take(','));
  return tokens.take(')');
}
