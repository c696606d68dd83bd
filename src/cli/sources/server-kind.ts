/** Groups of option files that hold for some servers only: [mydumper_mysql_8], [myloader_session_variables_mariadb_10_11], … */

/** Groups are named for mydumper or for us. `tsload verify` has no peer, and other options than tsload. */
export type ProgramNames = readonly [
  peer: 'mydumper' | 'myloader' | 'tsload-verify',
  own: 'tsdump' | 'tsload' | 'tsload-verify',
];

/** mydumper's words for products. */
const PRODUCTS = ['percona', 'mariadb', 'tidb', 'dolt', 'google', 'mysql', 'clickhouse', 'rds', 'unknown'] as const;
type Product = (typeof PRODUCTS)[number];

export interface ServerKind {
  readonly product: Product;
  /** "9.7.4" */
  readonly version: string;
}

/** What mydumper takes a server for: @@version and @@version_comment, in its order. */
export function serverKind(versionText: string, comment: string): ServerKind {
  const text = `${versionText} ${comment}`.toLowerCase();
  const named = (['percona', 'mariadb', 'tidb', 'dolt', 'google'] as const).find((each) => text.includes(each));
  return { product: named ?? 'mysql', version: /^\d+(?:\.\d+)*/.exec(versionText)?.[0] ?? '' };
}

export interface Section {
  readonly program: ProgramNames[number];
  readonly variables: 'session' | 'global' | undefined;
  /** Product, then major, minor and revision as far as they are named; undefined: any server. */
  readonly server: readonly string[] | undefined;
}

/** Undefined: a group of somebody else's, or one that is misspelt. */
export function sectionOf(group: string, names: ProgramNames): Section | undefined {
  const program = names.find((name) => group === name || group.startsWith(`${name}_`));
  if (program === undefined) return undefined;
  const rest = group.slice(program.length);
  const [, variables, server] = /^(?:_(session|global)_variables)?(?:_([a-z]+(?:_\d+){0,3}))?$/.exec(rest) ?? [];
  const parts = server?.split('_');
  if (rest !== '' && variables === undefined && parts === undefined) return undefined;
  if (parts !== undefined && !(PRODUCTS as readonly string[]).includes(parts[0] ?? '')) return undefined;
  return { program, variables: variables as Section['variables'], server: parts };
}

export function isOfServer([product, ...version]: readonly string[], server: ServerKind): boolean {
  const has = server.version.split('.');
  return product === server.product && version.every((part, i) => part === has[i]);
}
