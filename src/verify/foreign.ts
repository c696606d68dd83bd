/**
 * Foreign: statements of a file that no dump needs, and that a load would not run. A load judges by the server that it loads into;
 * here no server is asked, so that what either product would run is looked at: what hides from one of them is named.
 */
import { isUtf8 } from 'node:buffer';

import { readAccountStatement } from '../schema/account.ts';
import { FileJudge } from '../schema/belongs/belongs.ts';
import type { Owner } from '../schema/belongs/belongs.ts';
import { executesOf } from '../schema/belongs/tokens.ts';

/** Versions of which every version comment is code, but for the one that MariaDB's dumps begin with. */
const SERVERS = [executesOf('MySQL', 99_999), executesOf('MariaDB', 999_998)];
const SHOWN_BYTES = 60;

/** Of one file, whose statements it is shown in their order. */
export class ForeignStatements {
  private readonly owner: Owner;
  private readonly judges: readonly FileJudge[];

  /** `foldsNames`: names of tables that differ in case only are one. */
  constructor(owner: Owner, foldsNames: boolean) {
    this.owner = owner;
    this.judges = SERVERS.map((executes) => new FileJudge(owner, { executes, foldsNames }));
  }

  /** Why the next statement is not run; undefined: it is. `isWhole`: false for its beginning alone. */
  whyNot(statement: Buffer, isWhole = true): string | undefined {
    if (this.owner.holds === 'accounts' && readAccountStatement(statement.toString()) !== undefined) return undefined;
    const [why] = this.judges.flatMap((judge) => judge.whyNot(statement, isWhole) ?? []);
    return why === undefined ? undefined : `is not run by tsload: ${why}: ${beginningOf(statement)}`;
  }

  /** The same of what a file of definitions lacks; to be asked at its end. */
  get whyNotAll(): string | undefined {
    const [missing] = this.judges.flatMap((judge) => judge.missing ?? []);
    return missing === undefined ? undefined : `is not run by tsload: it drops ${missing} and does not create it again`;
  }
}

function beginningOf(statement: Buffer): string {
  const words = statement.subarray(0, SHOWN_BYTES);
  const text = words.toString(isUtf8(words) ? 'utf8' : 'latin1').replaceAll(/[\p{Cc}\s]+/gu, ' ');
  return `${text.trim()}${statement.length > SHOWN_BYTES ? ' …' : ''}`;
}
