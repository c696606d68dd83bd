import { quoteName, quoteQualified } from '../../schema/names.ts';
import type { Table } from '../../schema/table.ts';
import type { PlanningConnection } from '../planning.ts';
import type { Key } from './key.ts';
import type { RowsPerChunk } from './size.ts';

/** What is to be divided by a key: a table or one partition of it. */
export interface ChunkSource {
  readonly planning: PlanningConnection;
  readonly table: Table;
  readonly key: Key;
  readonly partition: string | undefined;
  readonly rowsPerChunk: RowsPerChunk;
}

export interface RowSource {
  readonly database: string;
  readonly table: string;
  readonly partitions?: readonly string[] | undefined;
  /** Past rows too. */
  readonly withHistory?: boolean;
  readonly index?: string | undefined;
}

/** What stands behind FROM: "`db`.`t` PARTITION (`p`, `q`) FORCE INDEX (`k`)", each part where there is one. */
export function tableReference(source: RowSource): string {
  return quoteQualified(source.database, source.table) + behindName(source);
}

/** What stands behind the table's name. */
export function behindName({ partitions, withHistory = false, index }: Omit<RowSource, 'database' | 'table'>): string {
  const part = partitions === undefined ? '' : ` PARTITION (${partitions.map(quoteName).join(', ')})`;
  const history = withHistory ? ' FOR SYSTEM_TIME ALL' : '';
  const hint = index === undefined ? '' : ` FORCE INDEX (${quoteName(index)})`;
  return `${part}${history}${hint}`;
}
