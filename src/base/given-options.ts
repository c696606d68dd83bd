/** The options of a run as plain text, to be compared with those of the run that goes on with it. */

/** By name, the value as JSON. */
export type GivenOptions = Readonly<Record<string, string>>;

/** Those of the names that are given. */
export function givenOptions<Options extends object>(
  options: Options,
  names: readonly (keyof Options & string)[],
): GivenOptions {
  const given = names.flatMap((name) => {
    const value: unknown = options[name];
    return value === undefined ? [] : [[name, JSON.stringify(value, plain)] as const];
  });
  return Object.fromEntries(given);
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof RegExp) return value.source;
  return value instanceof Set || value instanceof Map ? [...(value as Iterable<unknown>)] : value;
}

/** "--drop-table (DROP then, FAIL now)" for each that is not the same; `spelled` has the words of the command line. */
export function differingOptions(
  then: GivenOptions,
  now: GivenOptions,
  spelled: Readonly<Partial<Record<string, string>>>,
): string[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])];
  return names
    .filter((name) => then[name] !== now[name])
    .map((name) => {
      const words = spelled[name] ?? name;
      return `${words} (${valueOf(words, then[name])} then, ${valueOf(words, now[name])} now)`;
    });
}

function valueOf(words: string, json: string | undefined): string {
  if (json === undefined) return 'not given';
  const value: unknown = JSON.parse(json);
  if (typeof value === 'boolean') return value === words.startsWith('--no-') ? 'not given' : 'given';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ') || 'not given';
  return json;
}
