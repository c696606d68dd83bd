import { describe, expect, it } from 'vitest';

import { Grants } from '../../../src/mysql/grants.ts';

describe('grants', () => {
  const grants = new Grants([
    "GRANT RELOAD, PROCESS ON *.* TO `d`@`%` IDENTIFIED BY PASSWORD '*B6'",
    'GRANT BACKUP_ADMIN,SHOW_ROUTINE ON *.* TO `d`@`%`',
    'GRANT SELECT, LOCK TABLES ON `shop`.* TO `d`@`%` WITH GRANT OPTION',
    'GRANT TRIGGER ON `my\\_app%`.* TO `d`@`%`',
    'GRANT SELECT (`a`, `b`), INSERT ON `other`.`t``1` TO `d`@`%`',
    'GRANT ALL PRIVILEGES ON `x.y$`.* TO `d`@`%`',
    'GRANT `reader`@`%` TO `d`@`%`',
    'GRANT PROXY ON ``@`` TO `d`@`%`',
  ]);

  it.each([
    ['SHOW_ROUTINE', undefined, undefined, true],
    ['PROCESS', 'any', 'table', true],
    ['LOCK TABLES', 'shop', undefined, true],
    ['SELECT', 'shop', 'anything', true],
    ['SELECT', 'shops', undefined, false],
    ['SELECT', undefined, undefined, false],
    ['TRIGGER', 'my_app_1', undefined, true],
    ['TRIGGER', 'myxapp', undefined, false],
    ['INSERT', 'other', 't`1', true],
    ['INSERT', 'other', undefined, false],
    ['SELECT', 'other', 't`1', false],
    ['EVENT', 'x.y$', undefined, true],
    ['EVENT', 'xzy$', undefined, false],
  ])('%s on %s.%s: %s', (privilege, database, table, expected) => {
    expect(grants.has(privilege, database, table)).toBe(expected);
  });

  it('on some columns are none on the table', () => {
    expect(grants.hasSomeColumns('SELECT', 'other', 't`1')).toBe(true);
    expect(grants.hasSomeColumns('SELECT', 'shop', 't`1')).toBe(false);
    expect(grants.hasSomeColumns('INSERT', 'other', 't`1')).toBe(false);
  });

  it('lack what is taken back for a database', () => {
    const partly = new Grants(['GRANT SELECT ON *.* TO `d`@`%`', 'REVOKE SELECT ON `secret`.* FROM `d`@`%`']);
    expect([partly.has('SELECT', 'open'), partly.has('SELECT', 'secret')]).toEqual([true, false]);
  });
});
