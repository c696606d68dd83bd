/** The command tsload. */

import { load } from '../load.ts';
import { loadSummaryLines } from '../report/summary.ts';
import { parseLoadArguments } from './load-arguments.ts';
import { runProgram } from './run.ts';

await runProgram({
  name: 'tsload',
  parse: parseLoadArguments,
  run: load,
  summaryLines: loadSummaryLines,
  done: ({ directory }) => `tsload finished: everything in ${directory} is loaded`,
});
