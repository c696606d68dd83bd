/**
 * How alike two servers print definitions, and how what they print otherwise is told.
 *
 * Servers of one product and series print one definition one way, so that texts can be held side by side. Others spell the same
 * thing otherwise: of their texts only what means the same everywhere is compared.
 */
export type Likeness = 'same series' | 'same product' | 'other product';

/** Of two servers, by product and version text, as "9.7.4" or "10.11.6-MariaDB-log". */
export function likenessOf(was: Product, is: Product): Likeness {
  if (was.product !== is.product) return 'other product';
  return seriesOf(was.version) === seriesOf(is.version) ? 'same series' : 'same product';
}

export interface Product {
  readonly product: string;
  readonly version: string;
}

const seriesOf = (version: string): string => /^\d+\.\d+/.exec(version)?.[0] ?? version;

const SHOWN_BEFORE = 30;
const SHOWN_CHARACTERS = 60;

/** "… instead of …": both texts whole when they are short, else from the word before the first difference on. */
export function insteadOf(is: string, was: string): string {
  let same = 0;
  while (same < is.length && is[same] === was[same]) same++;
  const word = is.lastIndexOf(' ', is.lastIndexOf(' ', same - 1) - 1) + 1;
  const isShort = Math.max(is.length, was.length) <= SHOWN_CHARACTERS;
  const start = isShort ? 0 : Math.max(word, same - SHOWN_BEFORE, 0);
  return `${shown(is, start)} instead of ${shown(was, start)}`;
}

function shown(text: string, start: number): string {
  const part = text.slice(start, start + SHOWN_CHARACTERS).replaceAll(/[\p{Cc}\s]+/gu, ' ');
  if (part.trim() === '') return 'nothing';
  return `${start > 0 ? '… ' : ''}${part.trim()}${start + SHOWN_CHARACTERS < text.length ? ' …' : ''}`;
}

/** Bytes of a definition, read as latin1, as people read them. */
export function readable(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
