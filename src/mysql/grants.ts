/**
 * What an account may do, read from SHOW GRANTS: a server does not tell of objects that an account may not see, so only its
 * grants tell that there may be some. Active roles count.
 */
import type { ServerInfo } from './server.ts';
import { textRow } from './server.ts';
import type { Session } from './session.ts';

interface Grant {
  readonly isRevoke: boolean;
  readonly privileges: ReadonlySet<string>;
  /** Undefined: `*`. */
  readonly database: RegExp | undefined;
  readonly table: string | undefined;
}

export class Grants {
  private readonly grants: readonly Grant[];

  /** Lines as servers print them: "GRANT SELECT, EVENT ON `shop`.* TO …"; others are passed over. */
  constructor(lines: readonly string[]) {
    this.grants = lines.flatMap((line) => parseGrant(line) ?? []);
  }

  /** Whether a privilege is granted on everything, on a whole database of that name, or on a table of it. */
  has(privilege: string, database?: string, table?: string): boolean {
    const found = this.on(database, table).filter(
      ({ privileges }) => privileges.has(privilege) || privileges.has('ALL PRIVILEGES'),
    );
    return found.length > 0 && !found.some(({ isRevoke }) => isRevoke);
  }

  /** Whether a privilege is granted on some columns of the table, and not on all of it. */
  hasSomeColumns(privilege: string, database: string, table: string): boolean {
    if (this.has(privilege, database, table)) return false;
    const onColumns = `${privilege} (`;
    return this.on(database, table).some(({ privileges }) =>
      [...privileges].some((each) => each.startsWith(onColumns)),
    );
  }

  private on(database: string | undefined, table: string | undefined): Grant[] {
    return this.grants.filter(
      (grant) =>
        (grant.database === undefined || (database !== undefined && grant.database.test(database))) &&
        (grant.table === undefined || grant.table === table),
    );
  }
}

export async function readGrants(session: Session, { product }: ServerInfo): Promise<Grants> {
  const [roles = 'NONE'] = product === 'MySQL' ? await textRow(session, 'SELECT CURRENT_ROLE()') : [];
  const using = roles === 'NONE' ? '' : ` FOR CURRENT_USER() USING ${roles}`;
  const { rows } = await session.query(`SHOW GRANTS${using}`);
  return new Grants(rows.map((row) => row[0]?.toString('utf8') ?? ''));
}

const NAME = '(\\*|`(?:[^`]|``)*`)';
const LINE = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?${NAME}\\.${NAME} (?:TO|FROM) `, 's');

function parseGrant(line: string): Grant | undefined {
  const [, verb, list = '', database = '', table = ''] = LINE.exec(line) ?? [];
  if (verb === undefined) return undefined;
  // A privilege on columns, "SELECT (`a`, `b`)", is none on the table.
  const privileges = list.split(/,\s*(?![^(]*\))/).map((privilege) => privilege.trim().toUpperCase());
  return {
    isRevoke: verb === 'REVOKE',
    privileges: new Set(privileges),
    database: database === '*' ? undefined : databasePattern(unquoted(database)),
    table: table === '*' ? undefined : unquoted(table),
  };
}

function unquoted(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

/** A database's name in a grant is a pattern of LIKE, though many are written without thinking of that. */
function databasePattern(name: string): RegExp {
  const source = name.replace(/\\([_%\\])|([_%])|([^\w\s])/gs, (_, escaped?: string, wild?: string, other?: string) => {
    if (wild !== undefined) return wild === '%' ? '.*' : '.';
    return (escaped ?? other ?? '').replace(/[$()*+./?[\\\]^{|}-]/, String.raw`\$&`);
  });
  return new RegExp(`^${source}$`, 's');
}
