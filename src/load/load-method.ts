/**
 * Load method: whether INSERT statements are sent as they stand, or their rows as LOAD DATA LOCAL reads them.
 *
 * MySQL 9.7 takes 800 MB so in two thirds of the time, 12.2 s instead of 18.3 s. MariaDB 10.11 spends a quarter less CPU
 * and the same time, 20.3 s and 21.2 s: there statements stay what they are unless LOAD DATA is asked for.
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
  const isWanted = loadMethod === 'load-data' || (loadMethod === 'auto' && server.product === 'MySQL');
  if (!isWanted || !takesRowFiles(server) || !knowsLiterals(sqlMode)) return undefined;
  return {
    kernel: new RowRewriter(compileRewritingKernel()),
    backslashEscapes: hasBackslashEscapes(sqlMode),
    minFileBytes: loadMethod === 'auto' ? MIN_FILE_BYTES : 0,
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
