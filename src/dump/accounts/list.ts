/**
 * List: which accounts there are, and what binds them to each other, by a fixed number of queries.
 *
 * Roles and proxies come from the tables: SHOW GRANTS shows mandatory roles and those of roles too, and MariaDB's does not
 * escape the names of proxies.
 */
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { isServersOwn, quoteAccount } from '../../schema/account.ts';
import type { AccountName, TlsDemands } from '../../schema/account.ts';

export interface Account extends AccountName {
  readonly isRole: boolean;
  readonly demands: TlsDemands;
  readonly hasSecondPassword: boolean;
}

export interface Listed {
  readonly accounts: readonly Account[];
  readonly excluded: readonly AccountName[];
  /** Grants of roles and of proxies. */
  readonly relations: readonly Relation[];
  readonly defaultRoles: readonly Relation[];
}

/** A statement about an account that names others. */
export interface Relation {
  readonly account: AccountName;
  readonly sql: string;
}

export async function listAccounts(session: Session, server: ServerInfo): Promise<Listed> {
  const isMariaDB = server.product === 'MariaDB';
  const secondPassword =
    !isMariaDB && server.version >= 80_014
      ? "COALESCE(JSON_CONTAINS_PATH(User_attributes, _utf8mb4'one', _utf8mb4'$.additional_password'), 0)"
      : '0';
  const all = (
    await texts(
      session,
      `SELECT User, Host, ${isMariaDB ? "is_role = 'Y'" : '0'}, x509_subject, x509_issuer, ssl_cipher, ${secondPassword}
         FROM mysql.user ORDER BY User, Host`,
    )
  ).map(([user = '', host = '', isRole, subject = '', issuer = '', cipher = '', hasSecond]): Account => ({
    user,
    host: isRole === '1' ? undefined : host,
    isRole: isRole === '1',
    demands: { subject, issuer, cipher },
    hasSecondPassword: hasSecond === '1',
  }));
  const roles = isMariaDB ? await rolesOfMariaDB(session) : await rolesOfMySQL(session);
  return {
    accounts: all.filter((account) => !isServersOwn(account)),
    excluded: all.filter(isServersOwn),
    relations: [...roles.relations, ...(await proxies(session))],
    defaultRoles: roles.defaultRoles,
  };
}

type Roles = Pick<Listed, 'relations' | 'defaultRoles'>;

async function rolesOfMySQL(session: Session): Promise<Roles> {
  const edges = await texts(
    session,
    `SELECT FROM_USER, FROM_HOST, TO_USER, TO_HOST, WITH_ADMIN_OPTION FROM mysql.role_edges
      ORDER BY TO_USER, TO_HOST, FROM_USER, FROM_HOST`,
  );
  const defaults = await texts(
    session,
    `SELECT DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST, USER, HOST FROM mysql.default_roles
      ORDER BY USER, HOST, DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST`,
  );
  const rolesByAccount = new Map<string, { account: AccountName; roles: string[] }>();
  for (const [role = '', roleHost = '', user = '', host = ''] of defaults) {
    const account = { user, host };
    const known = rolesByAccount.get(quoteAccount(account)) ?? { account, roles: [] };
    rolesByAccount.set(quoteAccount(account), known);
    known.roles.push(quoteAccount({ user: role, host: roleHost }));
  }
  return {
    relations: edges.map(([role = '', roleHost = '', user = '', host = '', admin]) =>
      granted(quoteAccount({ user: role, host: roleHost }), { user, host }, admin === 'Y' && ' WITH ADMIN OPTION'),
    ),
    defaultRoles: [...rolesByAccount.values()].map(({ account, roles }) => ({
      account,
      sql: `SET DEFAULT ROLE ${roles.join(', ')} TO ${quoteAccount(account)}`,
    })),
  };
}

async function rolesOfMariaDB(session: Session): Promise<Roles> {
  const edges = await texts(
    session,
    `SELECT Role, User, Host, Admin_option, (User, Host) IN (SELECT User, Host FROM mysql.user WHERE is_role = 'Y')
       FROM mysql.roles_mapping ORDER BY User, Host, Role`,
  );
  const defaults = await texts(
    session,
    "SELECT default_role, User, Host FROM mysql.user WHERE default_role <> '' AND is_role = 'N' ORDER BY User, Host",
  );
  return {
    relations: edges.map(([role = '', user = '', host = '', admin, isRole]) =>
      granted(
        quoteAccount({ user: role, host: undefined }),
        { user, host: isRole === '1' ? undefined : host },
        admin === 'Y' && ' WITH ADMIN OPTION',
      ),
    ),
    defaultRoles: defaults.map(([role = '', user = '', host = '']) => ({
      account: { user, host },
      sql: `SET DEFAULT ROLE ${quoteAccount({ user: role, host: undefined })} FOR ${quoteAccount({ user, host })}`,
    })),
  };
}

async function proxies(session: Session): Promise<Relation[]> {
  const rows = await texts(
    session,
    `SELECT Proxied_user, Proxied_host, User, Host, With_grant FROM mysql.proxies_priv
      ORDER BY User, Host, Proxied_user, Proxied_host`,
  );
  return rows.map(([proxied = '', proxiedHost = '', user = '', host = '', withGrant]) =>
    granted(
      `PROXY ON ${quoteAccount({ user: proxied, host: proxiedHost })}`,
      { user, host },
      withGrant === '1' && ' WITH GRANT OPTION',
    ),
  );
}

function granted(what: string, account: AccountName, option: string | false): Relation {
  return { account, sql: `GRANT ${what} TO ${quoteAccount(account)}${option === false ? '' : option}` };
}

/** The rows of a small result as text; the tables of the server's own are in UTF-8. */
export async function texts(session: Session, sql: string): Promise<string[][]> {
  const { rows } = await session.query(sql);
  return rows.map((row) => row.map((value) => value?.toString('utf8') ?? ''));
}
