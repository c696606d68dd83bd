/** `tsload verify`: a dump against what it says of itself, or, with --against, a server against the dump. */

import { ToolError } from '../base/errors.ts';
import type { AgainstSummary, VerifySummary } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { formatCounted } from '../report/format.ts';
import { againstSummaryLines, verifySummaryLines } from '../report/summary.ts';
import { verify } from '../verify.ts';
import { verifyAgainst } from '../verify/against.ts';
import type { AgainstOptions } from '../verify/options.ts';
import type { Program } from './run.ts';
import { runProgram } from './run.ts';
import { asksForServer, parseAgainstArguments, parseVerifyArguments } from './verify-arguments.ts';
import type { VerifyRequest } from './verify-arguments.ts';

/** Ends the process. */
export async function runVerify(argv: readonly string[]): Promise<never> {
  return asksForServer(argv) ? runProgram(againstProgram) : runProgram(verifyProgram);
}

const verifyProgram: Program<VerifyRequest, VerifySummary> = {
  name: 'tsload verify',
  parse: parseVerifyArguments,
  run: verify,
  summaryLines: verifySummaryLines,
  done: ({ directory }) => `tsload verify finished: ${directory} is what it says that it is`,
  verdict: ({ directory, findings }) => {
    if (findings.length === 0) return undefined;
    const names = [...new Set(findings.map(({ file, what }) => file ?? what))];
    if (findings.every(({ isForeign }) => isForeign === true)) {
      const what = `${directory} holds what tsload does not run, in ${formatCounted(names.length, 'place')}`;
      return new ToolError('FOREIGN_STATEMENT', `${what}: ${someOf(names)}`);
    }
    const places = formatCounted(names.length, 'place');
    return new ToolError('DUMP_DAMAGED', `${directory} is not what it says that it is, in ${places}: ${someOf(names)}`);
  },
};

/** Undefined: it does not. */
export function differs({ where, differences }: AgainstSummary): ToolError | undefined {
  if (differences.length === 0) return undefined;
  const objects = [...new Set(differences.map(({ object }) => object))];
  const counted = formatCounted(objects.length, 'object');
  const hint = 'each difference is named above; what was written or altered since the dump is among them';
  return new ToolError('ROWS_DIFFER', `${where} differs from the dump in ${counted}: ${someOf(objects)}`, { hint });
}

const againstProgram: Program<AgainstOptions, AgainstSummary> = {
  name: 'tsload verify',
  parse: parseAgainstArguments,
  run: verifyAgainst,
  summaryLines: againstSummaryLines,
  done: ({ directory }) => `tsload verify finished: the server has what is in ${directory}`,
  verdict: differs,
};
