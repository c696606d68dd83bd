/** What the target says of a table's columns, asked once a table and only where it matters. */
import type { Session } from '../../mysql/session.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import { quoteName, quoteQualified, quoteString } from '../../schema/names.ts';
import type { DumpTable } from '../contents.ts';

export interface TargetColumn {
  readonly name: string;
  /** In lower case, without length: "int", "varchar", "json", … */
  readonly dataType: string;
  /** Undefined: not text. */
  readonly charset: string | undefined;
  readonly isNullable: boolean;
  readonly isGenerated: boolean;
  /** An INSERT without a column list passes over it. */
  readonly isInvisible: boolean;
  /** AUTO_INCREMENT. */
  readonly isCounter: boolean;
}

/** In order; the session is in the table's database. */
export async function readColumns(session: Session, { name }: DumpTable): Promise<readonly TargetColumn[]> {
  const columns: TargetColumn[] = [];
  await session.queryEach(`SHOW FULL COLUMNS FROM ${quoteName(name)}`, (row) => {
    const [field = '', type = '', collation = '', isNullable = '', , , extra = ''] = row.map(
      (value) => value?.toString('utf8') ?? '',
    );
    columns.push({
      name: field,
      dataType: /^\w*/.exec(type.toLowerCase())?.[0] ?? '',
      charset: collation === '' ? undefined : (collation.split('_')[0] ?? ''),
      isNullable: isNullable === 'YES',
      isGenerated: /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra),
      isInvisible: /\bINVISIBLE\b/i.test(extra),
      isCounter: /\bAUTO_INCREMENT\b/i.test(extra),
    });
  });
  return columns;
}

/** Undefined: there is no such table. The session is in its database. */
export async function readEngine(session: Session, { database, name }: DumpTable): Promise<string | undefined> {
  return saying(`looking at ${quoteQualified(database, name)}`, async () => {
    const [engine] = await textRow(
      session,
      `SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${quoteString(name)}`,
    );
    return engine;
  });
}
