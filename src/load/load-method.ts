/**
 * Load method: whether INSERT statements are sent as they stand, as several short ones, or their rows as LOAD DATA LOCAL reads
 * them.
 *
 * 800 MB, four tables, as they stand, in short ones (send/rows-short.ts) and through LOAD DATA: MySQL 9.7 takes 21.5, 16.8 and
 * 12.4 s, and 31.5, 25.7 and 19.5 s of CPU. MariaDB 10.11 takes 28.5 s of CPU as they stand and 22 s through LOAD DATA; there
 * the disk decides on the time: with a redo log of 96 MB, its default, 15 to 30 s in any way, with one of 1 GB 17.0 and 15.6 s.
 */
import { compileRewritingKernel, RowRewriter } from '../kernel/rows-from-insert.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { DumpContents } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { hasBackslashEscapes, knowsLiterals } from './send/literal-settings.ts';
import type { RewriterSetup } from './send/table-rewriter.ts';

/** Stored bytes of a file below which LOAD DATA gains nothing. */
const MIN_FILE_BYTES = 64 * 1024;

/** Undefined: statements go as they stand. */
export function rewriterSetup(
  { loadMethod = 'auto' }: LoadOptions,
  server: ServerInfo,
  { sqlMode }: DumpContents,
): RewriterSetup | undefined {
  if (loadMethod === 'insert' || !knowsLiterals(sqlMode)) return undefined;
  const isMySql = server.product === 'MySQL';
  const isAuto = loadMethod === 'auto';
  const throughLoadData = takesRowFiles(server);
  const inShortStatements = isMySql && isAuto;
  if (!throughLoadData && !inShortStatements) return undefined;
  return {
    kernel: throughLoadData ? new RowRewriter(compileRewritingKernel()) : undefined,
    inShortStatements,
    backslashEscapes: hasBackslashEscapes(sqlMode),
    minFileBytes: isAuto ? MIN_FILE_BYTES : 0,
  };
}

/** How rows are sent that stand bare beside a LOAD DATA statement. */
export function bareRowsAs({ loadMethod }: LoadOptions, server: ServerInfo): 'load-data' | 'insert' {
  return loadMethod === 'insert' || !takesRowFiles(server) ? 'insert' : 'load-data';
}

/** Whether the server lets clients send rows as files. */
export function takesRowFiles({ variables }: ServerInfo): boolean {
  return variables.get('local_infile') !== 'OFF';
}
