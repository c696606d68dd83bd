/**
 * The kinds of server the tests know, and how each can be had. A lane is one kind; it always has two servers.
 */

const LANES = {
  'mysql-9.7': {
    product: 'MySQL',
    series: '9.7',
    required: true,
    debian: { suite: 'sid', packages: ['mysql-server-core', 'mysql-client-core'] },
  },
  'mysql-8.4': { product: 'MySQL', series: '8.4', required: false, debian: undefined },
  'mysql-8.0': { product: 'MySQL', series: '8.0', required: false, debian: undefined },
  'mariadb-10.11': {
    product: 'MariaDB',
    series: '10.11',
    required: true,
    debian: { suite: 'bookworm', packages: ['mariadb-server-core', 'mariadb-client-core'] },
  },
  'mariadb-11.8': {
    product: 'MariaDB',
    series: '11.8',
    required: true,
    debian: { suite: 'trixie', packages: ['mariadb-server-core', 'mariadb-client-core'] },
  },
} as const satisfies Record<string, LaneRow>;

interface LaneRow {
  readonly product: Product;
  /** What the server's version begins with. */
  readonly series: string;
  /** Whether a run has this lane unless told otherwise. */
  readonly required: boolean;
  /** The Debian suite whose packages are of this series. */
  readonly debian: { readonly suite: string; readonly packages: readonly string[] } | undefined;
}

export type Product = 'MySQL' | 'MariaDB';
export type LaneName = keyof typeof LANES;
export type Role = 'source' | 'target';

export interface Lane extends LaneRow {
  readonly name: LaneName;
}

export function laneNamed(name: LaneName): Lane {
  return { name, ...LANES[name] };
}

/**
 * The lanes of a run: those of a list such as `mysql-9.7,mariadb-11.8` (TSDUMP_LANES), or the required ones.
 * @throws Error when the list names an unknown lane.
 */
export function lanesAskedFor(list: string | undefined): LaneName[] {
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return allLanes().filter((name) => LANES[name].required);
  return names.map((name) => {
    if (isLaneName(name)) return name;
    throw new Error(`TSDUMP_LANES: no lane is called ${name}; there are ${allLanes().join(', ')}`);
  });
}

/** The environment variable that holds a lane's URLs, such as TSDUMP_TEST_MYSQL_9_7. */
export function urlVariable(name: LaneName): string {
  return `TSDUMP_TEST_${name.replace(/[^a-z0-9]/g, '_').toUpperCase()}`;
}

/** Whether a version, alone or within `mysqld --version`'s line or `VERSION()`'s answer, is of the lane. */
export function isVersionOf(lane: Lane, text: string): boolean {
  const product = /mariadb/i.test(text) ? 'MariaDB' : 'MySQL';
  return product === lane.product && versionNumber(text).startsWith(`${lane.series}.`);
}

/** The first `x.y.z` of a text, '' when there is none. */
export function versionNumber(text: string): string {
  return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? '';
}

function allLanes(): LaneName[] {
  return Object.keys(LANES).filter((name) => isLaneName(name));
}

function isLaneName(name: string): name is LaneName {
  return Object.hasOwn(LANES, name);
}
