/**
 * Load method: whether INSERT statements are sent as they stand, as several short ones, or their rows as LOAD DATA LOCAL reads
 * them.
 *
 * MySQL 9.7 takes 800 MB through LOAD DATA in two thirds of the time, 12.2 s instead of 18.3 s; where it takes no files, short
 * statements (send/rows-short.ts) are the better ones. MariaDB 10.11 spends a quarter less CPU on LOAD DATA and the same
 * time, 20.3 s and 21.2 s: there statements stay what they are unless LOAD DATA is asked for.
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
  const throughLoadData = (isMySql || !isAuto) && takesRowFiles(server);
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
