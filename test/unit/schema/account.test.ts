import { describe, expect, it } from 'vitest';

import {
  createAccount,
  isServersOwn,
  leadingAccount,
  ownPrivileges,
  quoteAccount,
  readAccountStatement,
  singlePrivileges,
} from '../../../src/schema/account.ts';

const app = { user: 'app', host: '%' };
const role = { user: 'reader', host: undefined };
const everybody = { user: 'PUBLIC', host: undefined };
const demands = { subject: '', issuer: '', cipher: '' };

describe('the name of an account', () => {
  it.each([
    ['`app`@`%`', app],
    ['`o\'B "x" ``y`` @z`@`192.168.0.0/255.255.0.0`', { user: 'o\'B "x" `y` @z', host: '192.168.0.0/255.255.0.0' }],
    ['``@`::1`', { user: '', host: '::1' }],
    ['`größe\\`@`a\nb`', { user: 'größe\\', host: 'a\nb' }],
    ['`reader`', role],
    ['PUBLIC', everybody],
    ['`PUBLIC`@`%`', { user: 'PUBLIC', host: '%' }],
  ])('%s is read and written', (text, account) => {
    expect(leadingAccount(`${text} REQUIRE SSL`)).toEqual({ account, rest: ' REQUIRE SSL' });
    expect(quoteAccount(account)).toBe(text);
  });

  it('is read in single quotes too', () => {
    const account = { user: "it's \\", host: 'localhost' };
    expect(leadingAccount("'it''s \\\\'@'localhost', x")).toEqual({ account, rest: ', x' });
    expect(leadingAccount("'it\\'s \\\\'@'localhost'")?.account).toEqual(account);
  });

  it.each(['', 'app', '`app', '"app"@"%"'])('is not %j', (text) => {
    expect(leadingAccount(text)).toBeUndefined();
  });

  it("is the server's own only on localhost", () => {
    expect(isServersOwn({ user: 'mysql.sys', host: 'localhost' })).toBe(true);
    expect(isServersOwn({ user: 'mysql.sys', host: '%' })).toBe(false);
    expect(isServersOwn({ user: 'root', host: 'localhost' })).toBe(false);
  });
});

describe('a line of SHOW GRANTS', () => {
  it.each([
    'GRANT SELECT (`a`, ` TO `), INSERT (`b`) ON `d ON ``x`.`t` TO `app`@`%` WITH GRANT OPTION',
    'GRANT ALL PRIVILEGES ON `tmp\\_%`.* TO `app`@`%`',
    'GRANT EXECUTE ON PROCEDURE `d`.`p` TO `app`@`%`',
    'GRANT BACKUP_ADMIN,ROLE_ADMIN ON *.* TO `app`@`%` WITH GRANT OPTION',
    'GRANT USAGE ON *.* TO `app`@`%` WITH GRANT OPTION',
    'REVOKE INSERT ON `d`.* FROM `app`@`%`',
  ])('%s is sent as it is', (line) => {
    expect(ownPrivileges(line, app)).toBe(line);
  });

  it('is sent without the password, demands and limits', () => {
    const line =
      "GRANT RELOAD ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*2B' REQUIRE SUBJECT 'it's' WITH GRANT OPTION MAX_QUERIES_PER_HOUR 5 MAX_STATEMENT_TIME 1.500000";
    expect(ownPrivileges(line, app)).toBe('GRANT RELOAD ON *.* TO `app`@`%` WITH GRANT OPTION');
    const limited = "GRANT RELOAD ON *.* TO `app`@`%` REQUIRE SUBJECT ' WITH GRANT OPTION' WITH MAX_QUERIES_PER_HOUR 5";
    expect(ownPrivileges(limited, app)).toBe('GRANT RELOAD ON *.* TO `app`@`%`');
  });

  it.each([
    ['no privilege', 'GRANT USAGE ON *.* TO `app`@`%`'],
    ["another's", 'GRANT SELECT ON `d`.* TO `reader`'],
    ["another host's", 'GRANT SELECT ON `d`.* TO `app`@`localhost`'],
    ['a role', 'GRANT `r ON x`@`%`,`reader`@`%` TO `app`@`%` WITH ADMIN OPTION'],
    ['a proxy', "GRANT PROXY ON 'it's'@'%' TO 'app'@'%'"],
    ['a default role', 'SET DEFAULT ROLE `reader` FOR `app`@`%`'],
  ])('is left out: %s', (_, line) => {
    expect(ownPrivileges(line, app)).toBeUndefined();
  });

  it('speaks of roles and of PUBLIC', () => {
    expect(ownPrivileges('GRANT SELECT ON `d`.* TO `reader`', role)).toBe('GRANT SELECT ON `d`.* TO `reader`');
    expect(ownPrivileges('GRANT SELECT ON `d`.* TO PUBLIC', everybody)).toBe('GRANT SELECT ON `d`.* TO PUBLIC');
  });
});

describe('SHOW CREATE USER', () => {
  const created = (shown: string, more: object = {}): string | undefined =>
    createAccount({
      account: app,
      shown: `CREATE USER \`app\`@\`%\`${shown}`,
      demands,
      escapesBackslashes: true,
      ...more,
    });

  it('is sent without default roles', () => {
    const shown =
      " IDENTIFIED WITH 'x' AS ' DEFAULT ROLE \\' ' DEFAULT ROLE `r,1`@`%`,`writer`@`%` REQUIRE NONE PASSWORD EXPIRE DEFAULT";
    expect(created(shown)).toBe(
      "CREATE USER IF NOT EXISTS `app`@`%` IDENTIFIED WITH 'x' AS ' DEFAULT ROLE \\' ' REQUIRE NONE PASSWORD EXPIRE DEFAULT",
    );
  });

  it('of a role of MySQL is sent as a role', () => {
    const options =
      'PASSWORD EXPIRE ACCOUNT LOCK PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD REQUIRE CURRENT DEFAULT';
    const shown = ` IDENTIFIED WITH 'caching_sha2_password' REQUIRE NONE ${options}`;
    expect(created(shown)).toBe('CREATE ROLE IF NOT EXISTS `app`@`%`');
    expect(created(` IDENTIFIED WITH 'caching_sha2_password' AS 0x24 REQUIRE NONE ${options}`)).toMatch(/^CREATE USER/);
  });

  it('gets the quotes of demands right, in either order', () => {
    const odd = { subject: "/CN=it's \\ x", issuer: '/C=a" ACCOUNT UNLOCK', cipher: 'AES' };
    const shown = ` REQUIRE SUBJECT '/CN=it's \\ x' ISSUER '/C=a" ACCOUNT UNLOCK' CIPHER 'AES' ACCOUNT LOCK`;
    expect(created(shown, { demands: odd })).toBe(
      `CREATE USER IF NOT EXISTS \`app\`@\`%\` REQUIRE SUBJECT '/CN=it''s \\\\ x' ISSUER '/C=a" ACCOUNT UNLOCK' CIPHER 'AES' ACCOUNT LOCK`,
    );
    const other = ` REQUIRE ISSUER '/C=a" ACCOUNT UNLOCK' SUBJECT '/CN=it's \\ x' CIPHER 'AES'`;
    expect(created(other, { demands: odd, escapesBackslashes: false })).toBe(
      `CREATE USER IF NOT EXISTS \`app\`@\`%\` REQUIRE ISSUER '/C=a" ACCOUNT UNLOCK' SUBJECT '/CN=it''s \\ x' CIPHER 'AES'`,
    );
  });

  it.each([
    " IDENTIFIED VIA pam USING 'it's'",
    " IDENTIFIED VIA pam USING 'a' OR 'b'c'",
    " IDENTIFIED VIA pam USING '",
  ])('is not sent when a quote is not escaped: %s', (shown) => {
    expect(created(shown)).toBeUndefined();
  });
});

describe('a statement of an accounts file', () => {
  it.each([
    ["CREATE USER IF NOT EXISTS `app`@`%` IDENTIFIED BY PASSWORD '* TO `x`'", 'create', app],
    ['CREATE ROLE IF NOT EXISTS `reader`', 'create', role],
    ['GRANT SELECT ON ` TO `.* TO `app`@`%` WITH GRANT OPTION', 'grant', app],
    ['GRANT `reader` TO `app`@`%`', 'grant', app],
    ['GRANT SELECT ON `d`.* TO PUBLIC', 'grant', everybody],
    ['REVOKE INSERT ON `d`.* FROM `app`@`%`', 'revoke', app],
    ['SET DEFAULT ROLE `reader`@`%`, `w`@`%` TO `app`@`%`', 'default-role', app],
    ['SET DEFAULT ROLE `reader` FOR `app`@`%`', 'default-role', app],
  ])('%s', (sql, kind, account) => {
    expect(readAccountStatement(sql)).toEqual({ kind, account });
  });

  it.each(['DROP USER `app`@`%`', 'CREATE USER `app`@`%`', 'SET NAMES utf8mb4', 'GRANT SELECT ON d.*', ''])(
    'is not %j',
    (sql) => {
      expect(readAccountStatement(sql)).toBeUndefined();
    },
  );
});

describe('a list of privileges', () => {
  it('comes apart', () => {
    expect(singlePrivileges('GRANT BACKUP_ADMIN,CREATE USER ON *.* TO `app`@`%` WITH GRANT OPTION')).toEqual([
      'GRANT BACKUP_ADMIN ON *.* TO `app`@`%` WITH GRANT OPTION',
      'GRANT CREATE USER ON *.* TO `app`@`%` WITH GRANT OPTION',
    ]);
  });

  it.each([
    'GRANT RELOAD ON *.* TO `app`@`%`',
    'GRANT SELECT (`a`, `b`) ON `d`.`t` TO `app`@`%`',
    'GRANT `a`, `b` TO `c`',
  ])('does not in %s', (sql) => {
    expect(singlePrivileges(sql)).toBeUndefined();
  });
});
