import { unquoteAny } from './names.ts';

/** Comments, quoted names and strings, words, and whatever else. What a version comment holds is part of the statement. */
const TOKEN =
  /\/\*!\d*|\*\/|\/\*[\s\S]*?\*\/|(?:--\s|#)[^\n]*|`(?:[^`]|``)*`|"(?:[^"]|"")*"|'(?:[^'\\]|\\.|'')*'|[^\s`"'.,;()=@*/#]+|[.,;()=@*/#-]/gs;

/**
 * The table of a CREATE TRIGGER statement, as it is written there; undefined when the text is none. Servers print the
 * statement as it was typed, but for the definer: with comments, and names with or without quotes and database.
 */
export function triggerTable(create: string): string | undefined {
  const tokens: string[] = [];
  for (const [token] of create.matchAll(TOKEN)) {
    if (isBlank(token)) continue;
    tokens.push(token);
    const tail = tokens.at(-1)?.toUpperCase();
    // A table's name ends before FOR EACH ROW, and no body begins earlier.
    if (tail === 'EACH' && tokens.at(-2)?.toUpperCase() === 'FOR') break;
  }
  const upper = tokens.map((token) => token.toUpperCase());
  const timing = upper.findIndex(
    (word, index) => (word === 'BEFORE' || word === 'AFTER') && index > upper.indexOf('TRIGGER'),
  );
  const on = upper.indexOf('ON', timing);
  const name = tokens.at(-3);
  if (timing < 1 || on < timing || tokens.length < on + 4 || name === undefined) return undefined;
  return unquoteAny(name);
}

function isBlank(token: string): boolean {
  return /^(?:\/\*|\*\/|--\s|#)/.test(token);
}
