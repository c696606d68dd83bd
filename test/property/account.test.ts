import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { leadingAccount, ownPrivileges, quoteAccount, readAccountStatement } from '../../src/schema/account.ts';
import { quoteQualified } from '../../src/schema/names.ts';

const name = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.stringMatching(/^[`'"@\\ ]{0,6}$/),
  fc.constantFrom(' TO ', ' ON ', '` TO `app`@`%', ' FROM ', 'PUBLIC', "'", ' WITH GRANT OPTION', '%'),
);
const account = fc
  .record({ user: name, host: fc.option(name, { nil: undefined }) })
  .filter(({ user, host }) => host !== undefined || (user !== 'PUBLIC' && user !== ''));

describe('names of accounts', () => {
  it('of any characters come back, and nothing that follows them is taken for a part', () => {
    fc.assert(
      fc.property(
        account,
        fc.constantFrom('', ' REQUIRE SSL', ', `x`', " IDENTIFIED BY PASSWORD '*'"),
        (made, rest) => {
          expect(leadingAccount(quoteAccount(made) + rest)).toEqual({ account: made, rest });
        },
      ),
    );
  });

  it('stand where a grant says they do, whatever the names of what is granted', () => {
    fc.assert(
      fc.property(account, name, name, fc.boolean(), (made, database, table, withOption) => {
        const sql = `GRANT SELECT ON ${quoteQualified(database, table)} TO ${quoteAccount(made)}${withOption ? ' WITH GRANT OPTION' : ''}`;
        expect(ownPrivileges(sql, made)).toBe(sql);
        expect(ownPrivileges(sql, { user: `${made.user}x`, host: made.host })).toBeUndefined();
        expect(readAccountStatement(sql)).toEqual({ kind: 'grant', account: made });
      }),
    );
  });

  it('are looked for in any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), account, (text, made) => {
        leadingAccount(text);
        readAccountStatement(`GRANT ${text}`);
        ownPrivileges(`GRANT ${text}`, made);
      }),
    );
  });
});
