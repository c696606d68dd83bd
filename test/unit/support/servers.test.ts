import { describe, expect, test } from 'vitest';

import { parseUrls } from '../../support/servers/environment.ts';
import { isVersionOf, laneNamed, lanesAskedFor, urlVariable } from '../../support/servers/lane.ts';

describe('lanes', () => {
  test('without a list the required ones are run', () => {
    expect(lanesAskedFor(undefined)).toEqual(['mysql-9.7', 'mariadb-10.11', 'mariadb-11.8']);
    expect(lanesAskedFor(' ')).toEqual(['mysql-9.7', 'mariadb-10.11', 'mariadb-11.8']);
  });

  test('a list is taken as it is, and an unknown name is told', () => {
    expect(lanesAskedFor('mariadb-11.8, mysql-9.7')).toEqual(['mariadb-11.8', 'mysql-9.7']);
    expect(() => lanesAskedFor('mysql-5.7')).toThrow(/no lane is called mysql-5.7; there are mysql-9.7, /);
  });

  test('every lane has its variable', () => {
    expect(urlVariable('mysql-9.7')).toBe('TSDUMP_TEST_MYSQL_9_7');
    expect(urlVariable('mariadb-10.11')).toBe('TSDUMP_TEST_MARIADB_10_11');
  });

  test.each([
    ['mysql-9.7', '/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))', true],
    ['mysql-9.7', '8.4.5 MySQL Community Server - GPL', false],
    ['mysql-9.7', '9.70.1 MySQL Community Server - GPL', false],
    ['mariadb-10.11', '10.11.18-MariaDB-0+deb12u1 Debian 12', true],
    ['mariadb-10.11', '11.8.3-MariaDB', false],
  ] as const)('whether %s is what says "%s"', (name, version, expected) => {
    expect(isVersionOf(laneNamed(name), version)).toBe(expected);
  });
});

describe('URLs of servers', () => {
  test('one serves both roles', () => {
    const { source, target } = parseUrls('V', 'mysql://root:p%40ss@127.0.0.1:3307');
    expect(source).toEqual({ host: '127.0.0.1', port: 3307, user: 'root', password: 'p@ss', socketPath: undefined });
    expect(target).toEqual(source);
  });

  test('two are source and target, with the usual port and user unless given', () => {
    const { source, target } = parseUrls('V', 'mysql://db1, mysql://admin@[::1]');
    expect(source).toMatchObject({ host: 'db1', port: 3306, user: 'root' });
    expect(target).toMatchObject({ host: '::1', port: 3306, user: 'admin' });
  });

  test.each(['postgres://x', 'nonsense', 'mysql://a,mysql://b,mysql://c'])('%s is refused by name', (value) => {
    expect(() => parseUrls('TSDUMP_TEST_X', value)).toThrow(/^TSDUMP_TEST_X: /);
  });
});
