/**
 * Two fingerprints as a list of sentences, one for every object that is missing, extra or changed; empty when they are
 * equal. A changed text is shown from a little before the first difference on, for both sides.
 */

const SHOWN_BEFORE_CHARS = 40;
const SHOWN_AFTER_CHARS = 120;

export interface DiffOptions {
  /**
   * The copy was made under another database name. Keys, and the definitions in which the server itself prints the
   * name (database, table, view), are compared under the new one; bodies of code keep what their author wrote.
   */
  readonly renameDatabase?: { readonly from: string; readonly to: string };
}

/** The differences between what should be there and what is, in the order of the objects' names. */
export function diffFingerprints(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
  options: DiffOptions = {},
): string[] {
  const wanted = options.renameDatabase === undefined ? expected : renamed(expected, options.renameDatabase);
  const keys = [...new Set([...wanted.keys(), ...actual.keys()])].sort();
  return keys.flatMap((key) => {
    const before = wanted.get(key);
    const after = actual.get(key);
    if (after === undefined) return [`missing: ${key}`];
    if (before === undefined) return [`extra: ${key}`];
    return before === after ? [] : [`changed: ${key}\n${excerpts(before, after)}`];
  });
}

function excerpts(expected: string, actual: string): string {
  let same = 0;
  while (same < expected.length && expected[same] === actual[same]) same += 1;
  const start = Math.max(0, same - SHOWN_BEFORE_CHARS);
  const show = (text: string): string => {
    const end = Math.min(text.length, same + SHOWN_AFTER_CHARS);
    return JSON.stringify(`${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`);
  };
  return `  expected ${show(expected)}\n  actual   ${show(actual)}`;
}

function renamed(
  fingerprint: ReadonlyMap<string, string>,
  names: { readonly from: string; readonly to: string },
): Map<string, string> {
  const from = `\`${names.from.replaceAll('`', '``')}\``;
  const to = `\`${names.to.replaceAll('`', '``')}\``;
  const rename = (text: string): string => text.replaceAll(`${from}.`, () => `${to}.`);
  return new Map(
    [...fingerprint].map(([key, text]) => {
      if (key === `database ${from}`) return [`database ${to}`, text.replace(from, () => to)];
      const named = key.startsWith('table ') || key.startsWith('view ');
      return [renameKey(key, from, to), named ? rename(text) : text];
    }),
  );
}

function renameKey(key: string, from: string, to: string): string {
  const start = key.indexOf(`${from}.`);
  return start !== -1 && key.indexOf('`') === start ? key.slice(0, start) + to + key.slice(start + from.length) : key;
}
