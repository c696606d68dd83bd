/** What a foreign key says, as servers print it. */
import { unquoteAny } from './names.ts';
import { readTokens } from './tokens.ts';

export interface ForeignKey {
  readonly name: string | undefined;
  readonly columns: readonly string[];
  /** Undefined: the one of the table itself. */
  readonly parentDatabase: string | undefined;
  readonly parentTable: string;
  /** In the order of `columns`. */
  readonly parentColumns: readonly string[];
}

/** Of "CONSTRAINT `x` FOREIGN KEY (…) REFERENCES …"; undefined for anything else. */
export function parseForeignKey(clause: Buffer): ForeignKey | undefined {
  // latin1 maps each byte to one character and back: nothing is decoded before its end is known.
  const tokens = readTokens(clause.toString('latin1'));
  const names: string[] = [];
  const shape: string[] = [];
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    const isName = /^[`"]./s.test(token.text);
    if (isName) names.push(unquoteAny(Buffer.from(token.text, 'latin1').toString('utf8')));
    shape.push(isName ? 'n' : token.text.toUpperCase());
  }
  const [, constraint = '', columns = '', database, parents = ''] = SHAPE.exec(`${shape.join(' ')} `) ?? [];
  const count = columns.split(',').length;
  if (columns === '' || parents.split(',').length !== count) return undefined;
  let at = 0;
  const take = (some: number): string[] => names.slice(at, (at += some));
  const [name] = take(constraint === '' ? 0 : 1);
  const own = take(count);
  const [parentDatabase] = take(database === undefined ? 0 : 1);
  const [parentTable = ''] = take(1);
  return { name, columns: own, parentDatabase, parentTable, parentColumns: take(count) };
}

const SHAPE = /^(CONSTRAINT n )?FOREIGN KEY \( (n (?:, n )*)\) REFERENCES (n \. )?n \( (n (?:, n )*)\) /;
