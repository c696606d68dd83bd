/**
 * What belongs into a file of a dump. A dump directory is data from somebody else: of each kind of file it is known what its
 * object needs, and a statement that is nothing of it is not run, whatever it is.
 *
 * In: the statements of one file in their order, as bytes, and how the server that is to run them reads. Out: why one does
 * not belong there. Decided by what comes first in it; rows, and the bodies of views and code, are not looked at: a session
 * takes one statement at a time, so what begins as the creation of a view is that and nothing else.
 */
import { Client } from './client.ts';
import { readCreated, refusesTable } from './creates.ts';
import { fillsTable, namesTable } from './rows.ts';
import { readSettings } from './settings.ts';
import { HeadTokens } from './tokens.ts';
import type { HeadToken, Reading } from './tokens.ts';

/** What a file is of, by the names of the target. */
export type Owner =
  | { readonly holds: 'database' | 'triggers' | 'code' | 'accounts'; readonly database: string }
  | { readonly holds: 'table' | 'rows' | 'view' | 'sequence'; readonly database: string; readonly name: string };

export interface Surroundings {
  readonly executes: Reading['executes'];
  /** Names of tables and databases that differ in case only are one. */
  readonly foldsNames: boolean;
}

/** Enough to tell what most statements are, and what is looked at of any that is not read whole. */
const BEGINNING_BYTES = 4096;
/** A list of 4096 columns has less, quotes and all. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;

/** A SET in a version comment: it is run, or it is none. */
const WRAPPED = /^[\t-\r ]*\/\*M?!\d{0,6}([\t-\r ]*SET\b(?:[^*/]|\*(?!\/)|\/(?!\*))*)\*\/[\t-\r ]*$/i;
/** Tells MariaDB's client that no shell is to be had; a comment to every server. */
const SANDBOX = /^\/\*M?!999999\\- enable the sandbox mode \*\/\s*/;

const ROW_WORDS: ReadonlySet<string> = new Set(['INSERT', 'REPLACE']);
const DROPPED_WITH: ReadonlyMap<Owner['holds'], ReadonlySet<string>> = new Map([
  ['table', new Set(['TABLE', 'VIEW'])],
  ['view', new Set(['TABLE', 'VIEW'])],
  ['sequence', new Set(['TABLE', 'VIEW', 'SEQUENCE'])],
  ['triggers', new Set(['TRIGGER'])],
  ['code', new Set(['PROCEDURE', 'FUNCTION', 'EVENT', 'PACKAGE'])],
]);

const DATABASE_OPTIONS: ReadonlySet<string> = new Set('COLLATE CHARACTER CHARSET DEFAULT'.split(' '));

export class FileJudge {
  private readonly owner: Owner;
  private readonly surroundings: Surroundings;
  private readonly client = new Client();
  private readonly dropped = new Set<string>();

  constructor(owner: Owner, surroundings: Surroundings) {
    this.owner = owner;
    this.surroundings = surroundings;
  }

  /** Undefined: the next statement of the file belongs there. `isWhole`: false for its beginning alone. */
  whyNot(statement: Buffer, isWhole = true): string | undefined {
    const beginning = statement.toString('latin1', 0, BEGINNING_BYTES).replace(SANDBOX, '');
    const isCut = !isWhole || statement.length > BEGINNING_BYTES;
    const wrapped = isCut ? undefined : WRAPPED.exec(beginning)?.[1];
    if (wrapped !== undefined)
      return this.whyNotSet(new HeadTokens(wrapped, this.client.reading(this.surroundings.executes)));
    const why = this.whyNotHead(beginning, isCut);
    if (!isCut || (why === undefined && this.owner.holds !== 'table')) return why;
    const isStillCut = !isWhole || statement.length > MAX_HEAD_BYTES;
    return this.whyNotHead(statement.toString('latin1', 0, MAX_HEAD_BYTES), isStillCut);
  }

  /** What was dropped and not created; undefined: nothing. To be asked at the end of a file of definitions. */
  get missing(): string | undefined {
    const [first] = this.dropped;
    return first;
  }

  private whyNotHead(text: string, isCut: boolean): string | undefined {
    const tokens = new HeadTokens(text, this.client.reading(this.surroundings.executes));
    const first = tokens.peek();
    if (first === undefined) return isCut ? 'it is hidden behind a long comment' : undefined;
    if (first.kind !== 'word') return 'it does not begin as any statement of a dump';
    const isLong = isCut || text.length > BEGINNING_BYTES;
    if (first.text === 'SET') return isLong ? 'it is too long for a SET' : this.whyNotSet(tokens);
    tokens.next();
    const { holds } = this.owner;
    if (holds === 'rows') return this.whyNotRows(first.text, tokens);
    if (first.text === 'CREATE') return this.whyNotCreate(tokens, text);
    if (first.text === 'DROP') return this.whyNotDrop(tokens);
    if (first.text === 'USE')
      return this.isDatabase(tokens.next()) && isOver(tokens) ? undefined : 'it selects another database';
    const isSetval = holds === 'sequence' && (first.text === 'DO' || first.text === 'SELECT');
    if (isSetval && tokens.take('SETVAL', '(')) return this.whyNotSetval(tokens);
    if (first.text === 'ALTER' && (holds === 'code' || holds === 'triggers')) return this.whyNotAlter(tokens);
    return `no ${FILES[holds]} needs ${first.text}`;
  }

  private whyNotSet(tokens: HeadTokens): string | undefined {
    if (!tokens.take('SET')) return 'it is a comment that a server may run, and no SET';
    const settings = readSettings(tokens);
    if (typeof settings === 'string') return settings;
    for (const setting of settings) this.client.heed(setting);
    return undefined;
  }

  private whyNotRows(word: string, tokens: HeadTokens): string | undefined {
    const own = (first?: HeadToken, second?: HeadToken): string | undefined => this.whyNotOwn(first, second);
    if (word === 'LOAD') return fillsTable(tokens, own);
    if (!ROW_WORDS.has(word)) return 'a data file holds INSERT, REPLACE, LOAD DATA and SET only';
    return namesTable(tokens, own);
  }

  private whyNotCreate(tokens: HeadTokens, text: string): string | undefined {
    const created = readCreated(tokens);
    if (typeof created === 'string') return created;
    const { kind, name, qualifier } = created;
    const { holds } = this.owner;
    const isOwn = CREATED_IN[holds].has(kind);
    if (!isOwn) return `no ${FILES[holds]} creates a ${kind.toLowerCase()}`;
    if (holds === 'database') return this.isDatabase(name) ? undefined : `it creates the database ${shown(name)}`;
    const why = this.whyNotOwn(qualifier ?? name, qualifier === undefined ? undefined : name);
    this.noteCreated(kind, name);
    return why ?? (kind === 'TABLE' ? refusesTable(tokens, text) : undefined);
  }

  /** What is created under a name in another character set than names have is any that has such characters. */
  private noteCreated(kind: string, name: HeadToken): void {
    const isReadable = this.client.isUtf8 || isAscii(name.written);
    const key = keyOf(kind, name);
    for (const each of this.dropped)
      if (isReadable ? each === key : each.startsWith(`${kind} `) && !isAscii(each))
        return void this.dropped.delete(each);
  }

  private whyNotDrop(tokens: HeadTokens): string | undefined {
    const { holds } = this.owner;
    const kind = tokens.takeAny(DROPPED_WITH.get(holds) ?? new Set());
    const isBody = kind === 'PACKAGE' && tokens.take('BODY');
    if (kind === undefined || !tokens.take('IF', 'EXISTS')) return `no ${FILES[holds]} drops that`;
    const name = tokens.peek();
    const why = this.whyNotNamed(tokens);
    // A table or view of the file's own name is another thing: the loader knows what may become of it.
    if (name !== undefined && !('name' in this.owner)) this.dropped.add(keyOf(isBody ? 'PACKAGE BODY' : kind, name));
    return why ?? (isOver(tokens) ? undefined : 'it drops more than one object');
  }

  private whyNotSetval(tokens: HeadTokens): string | undefined {
    const why = this.whyNotNamed(tokens);
    if (why !== undefined) return why;
    let token = tokens.next();
    while (
      token !== undefined &&
      (token.kind === 'word' ? /^(?:\d+|TRUE|FALSE)$/.test(token.text) : /^[,-]$/.test(token.text))
    )
      token = tokens.next();
    return token?.text === ')' && isOver(tokens) ? undefined : 'it is more than the value of a sequence';
  }

  private whyNotAlter(tokens: HeadTokens): string | undefined {
    if (!tokens.take('DATABASE')) return 'it alters something';
    const next = tokens.peek();
    const isNamed = next !== undefined && isName(next) && !DATABASE_OPTIONS.has(next.text);
    if (isNamed && !this.isDatabase(tokens.next())) return 'it alters another database';
    let token = tokens.next();
    while (token !== undefined && (token.kind === 'word' || token.text === '=')) token = tokens.next();
    return token === undefined ? undefined : 'it is more than a character set of the database';
  }

  private whyNotNamed(tokens: HeadTokens): string | undefined {
    const first = tokens.next();
    return this.whyNotOwn(first, tokens.take('.') ? tokens.next() : undefined);
  }

  /** `second`: behind the dot. */
  private whyNotOwn(first: HeadToken | undefined, second: HeadToken | undefined): string | undefined {
    const name = second ?? first;
    if (first === undefined || name === undefined || !isName(first) || !isName(name))
      return 'no name stands where one should';
    if (second !== undefined && !this.isDatabase(first)) return `it is about the database ${shown(first)}`;
    const { owner } = this;
    if (!('name' in owner) || this.isSame(name, owner.name)) return undefined;
    return `it is about ${shown(name)}`;
  }

  private isDatabase(token: HeadToken | undefined): boolean {
    return token !== undefined && isName(token) && this.isSame(token, this.owner.database);
  }

  /** Bytes in another character set than names have are taken for any name that has such characters. */
  private isSame(token: HeadToken, name: string): boolean {
    const bytes = Buffer.from(token.written, 'latin1');
    if (!isAscii(token.written) && !this.client.isUtf8) return !isAscii(name);
    const text = bytes.toString('utf8');
    return text === name || (this.surroundings.foldsNames && text.toLowerCase() === name.toLowerCase());
  }
}

const FILES: Readonly<Record<Owner['holds'], string>> = {
  database: 'file of a database',
  table: 'file of a table',
  view: 'file of a view',
  sequence: 'file of a sequence',
  triggers: 'file of triggers',
  code: 'file of routines and events',
  accounts: 'file of accounts',
  rows: 'data file',
};

const CREATED_IN: Readonly<Record<Owner['holds'], ReadonlySet<string>>> = {
  database: new Set(['DATABASE', 'SCHEMA']),
  table: new Set(['TABLE']),
  view: new Set(['VIEW']),
  sequence: new Set(['SEQUENCE']),
  triggers: new Set(['TRIGGER']),
  code: new Set(['PROCEDURE', 'FUNCTION', 'EVENT', 'PACKAGE', 'PACKAGE BODY']),
  accounts: new Set(),
  rows: new Set(),
};

const isOver = (tokens: HeadTokens): boolean => tokens.peek() === undefined;
/** In ANSI quotes too. */
const isName = ({ kind, text }: HeadToken): boolean =>
  kind === 'name' || kind === 'word' || (kind === 'string' && text !== '');
const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);
const keyOf = (kind: string, name: HeadToken): string => `${kind} ${shown(name).toLowerCase()}`;
const shown = ({ written }: HeadToken): string => `\`${Buffer.from(written, 'latin1').toString('utf8')}\``;
