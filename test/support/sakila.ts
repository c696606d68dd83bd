/**
 * MySQL's Sakila sample database, as others know it: views, triggers, routines, foreign keys, full text, pictures and,
 * on MySQL, geometry (MariaDB skips the version comments that hold it). The files lie compressed in test/data.
 */

import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { createConnection } from 'mysql2/promise';

/** From where this file lies once compiled. */
const DATA = new URL('../../../test/data/', import.meta.url);

const SETTINGS = ['SET NAMES utf8mb4', "SET SESSION time_zone = '+00:00'"];

/**
 * Creates and fills the database, which must not exist; two seconds on either server.
 * Throws the driver's error when the server refuses a statement.
 */
export async function loadSakila(
  server: { readonly url: string },
  options: { readonly database?: string } = {},
): Promise<void> {
  const database = options.database ?? 'sakila';
  const scripts = [await readScript('sakila-schema.sql.gz'), await readScript('sakila-data.sql.gz')];
  const connection = await createConnection({ uri: server.url, flags: ['-IGNORE_SPACE'] });
  try {
    const statements = scripts.flatMap((script) => [...splitScript(script)]);
    for (const setting of SETTINGS) await connection.query(setting);
    for (const statement of statements) {
      // The script would drop what is called sakila, which may be somebody's.
      if (!statement.startsWith('DROP SCHEMA')) await connection.query(renameDatabase(statement, database));
    }
  } finally {
    await connection.end();
  }
}

async function readScript(name: string): Promise<string> {
  return (await promisify(gunzip)(await readFile(new URL(name, DATA)))).toString('utf8');
}

/** The name occurs bare, as a qualifier in views, and within data, which must stay. */
function renameDatabase(statement: string, database: string): string {
  const name = `\`${database.replaceAll('`', '``')}\``;
  if (/^(?:USE|CREATE SCHEMA) sakila$/.test(statement)) return statement.replace('sakila', () => name);
  return /^CREATE\b/.test(statement) ? statement.replaceAll(/\bsakila(?=\.)/g, () => name) : statement;
}

const QUOTED_OR_COMMENT = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|--(?=\s).*|#.*|\/\*[^]*?\*\//y;
const DELIMITER_LINE = /DELIMITER[ \t]+(\S+).*/y;

/**
 * The statements of a script as the command-line clients understand it: DELIMITER lines are obeyed and left out,
 * delimiters in strings and comments end nothing. Comments before a statement go, those within it stay.
 */
export function* splitScript(script: string): Generator<string> {
  let delimiter = ';';
  let statement = '';
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(script);
  };
  while (at < script.length) {
    const line = statement === '' ? match(DELIMITER_LINE) : null;
    const whole = line === null ? match(QUOTED_OR_COMMENT) : null;
    if (line !== null) {
      delimiter = line[1] ?? delimiter;
      at += line[0].length;
    } else if (whole !== null) {
      if (statement !== '' || !/^(?:--|#|\/\*[^!])/.test(whole[0])) statement += whole[0];
      at += whole[0].length;
    } else if (script.startsWith(delimiter, at)) {
      if (statement !== '') yield statement.trimEnd();
      statement = '';
      at += delimiter.length;
    } else {
      const character = script.charAt(at);
      if (statement !== '' || character.trim() !== '') statement += character;
      at += 1;
    }
  }
  if (statement !== '') yield statement.trimEnd();
}
