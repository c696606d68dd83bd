/** The command tsload: loads a dump or, as `tsload verify`, looks at one. */

import { loadProgram } from './load.ts';
import { runProgram } from './run.ts';
import { VERIFY } from './verify-arguments.ts';
import { runVerify } from './verify.ts';

if (process.argv[2] === VERIFY) await runVerify(process.argv);
await runProgram(loadProgram);
