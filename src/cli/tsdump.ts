/** The command tsdump. */

import { dump } from '../dump.ts';
import { dumpSummaryLines } from '../report/summary.ts';
import { parseDumpArguments } from './dump-arguments.ts';
import { runProgram } from './run.ts';

await runProgram({
  name: 'tsdump',
  parse: parseDumpArguments,
  run: dump,
  summaryLines: dumpSummaryLines,
  done: ({ directory }) => `tsdump finished: the dump in ${directory} is complete`,
});
