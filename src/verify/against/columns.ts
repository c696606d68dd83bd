/** Columns of the server's tables, in one query for all of them, against those that the dump was made of. */
import type { ManifestColumn } from '../../format/manifest.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteString } from '../../schema/names.ts';
import type { DumpedTable } from './dumped.ts';

export class ServerColumns {
  private readonly byTable: ReadonlyMap<string, readonly ManifestColumn[]>;
  private readonly foldsNames: boolean;

  private constructor(byTable: ReadonlyMap<string, readonly ManifestColumn[]>, foldsNames: boolean) {
    this.byTable = byTable;
    this.foldsNames = foldsNames;
  }

  static async read(session: Session, server: ServerInfo, databases: readonly string[]): Promise<ServerColumns> {
    const foldsNames = server.variables.get('lower_case_table_names') !== '0';
    const byTable = new Map<string, ManifestColumn[]>();
    if (databases.length === 0) return new ServerColumns(byTable, foldsNames);
    const sql =
      'SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME FROM information_schema.COLUMNS' +
      ` WHERE TABLE_SCHEMA IN (${databases.map(quoteString).join(', ')}) ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`;
    await session.queryEach(sql, (row) => {
      const [database = '', table = '', name = '', type = '', charset] = row.map((value) => value?.toString('utf8'));
      const key = keyOf(database, table, foldsNames);
      const columns = byTable.get(key) ?? [];
      byTable.set(key, columns);
      columns.push(charset === undefined ? { name, type } : { name, type, charset });
    });
    return new ServerColumns(byTable, foldsNames);
  }

  /** Undefined: there is no such table, or the account may not see it. */
  of(database: string, table: string): readonly ManifestColumn[] | undefined {
    return this.byTable.get(keyOf(database, table, this.foldsNames));
  }
}

function keyOf(database: string, table: string, foldsNames: boolean): string {
  const key = JSON.stringify([database, table]);
  return foldsNames ? key.toLowerCase() : key;
}

/** What is different, a sentence for each of these columns. */
export function compareColumns({ columns }: DumpedTable, found: readonly ManifestColumn[]): Map<string, string> {
  const left = new Map(found.map((column) => [column.name, column]));
  const differences = new Map<string, string>();
  for (const column of columns) {
    const { name } = column;
    const other = left.get(name);
    left.delete(name);
    const [was, is] = [describe(column), other && describe(other)];
    if (is === undefined) differences.set(name, `column ${name} is missing`);
    else if (was !== is) differences.set(name, `column ${name} is ${is} instead of ${was}`);
  }
  for (const name of left.keys()) differences.set(name, `column ${name} is there, but was not dumped`);
  return differences;
}

/** Display widths are no property of the column; MySQL has stopped to print them. */
function describe({ type, charset }: ManifestColumn): string {
  const plain = type.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, '$1');
  return charset === undefined ? plain : `${plain} ${charset === 'utf8' ? 'utf8mb3' : charset}`;
}
