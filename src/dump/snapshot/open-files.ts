/** Open files: what locking tables takes of the server's, all at once: an engine may keep a table in files of its own. */
import type { ServerInfo } from '../../mysql/server.ts';
import type { KnownTable } from './inventory.ts';

/** As counted by Open_files while they are locked: rows and index. Of a partitioned table each partition has as many. */
const FILES_OF_TABLE: ReadonlyMap<string, number> = new Map([
  ['myisam', 2],
  ['aria', 2],
]);

/** Logs, tablespaces and connections are open beside the tables; no server has fewer. */
const RESERVED_FILES = 100;

/**
 * Why the server cannot lock the tables together; undefined where it may be able to. To try costs a refusal in any case,
 * and seconds where they are thousands.
 */
export function tooManyFiles(tables: readonly KnownTable[], { variables }: ServerInfo): string | undefined {
  const limit = Number(variables.get('open_files_limit') ?? 0);
  let files = 0;
  for (const { engine } of tables) files += FILES_OF_TABLE.get(engine.toLowerCase()) ?? 0;
  const wanted = files + RESERVED_FILES;
  // 0: the server does not know its limit.
  if (limit === 0 || wanted <= limit) return undefined;
  return `${tables.length} of them take ${files} open files and the server's open_files_limit is ${limit}: start it with --open-files-limit=${wanted} or more`;
}
