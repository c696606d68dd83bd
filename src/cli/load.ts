/** tsload without `verify`: a load and, with --verify, a look at what it has left in the target. */

import type { AgainstSummary, Emit, LoadSummary } from '../base/events.ts';
import { load } from '../load.ts';
import { againstSummaryLines, loadSummaryLines } from '../report/summary.ts';
import { verifyAgainst } from '../verify/against.ts';
import { parseLoadArguments } from './load-arguments.ts';
import type { LoadRequest } from './load-arguments.ts';
import type { Program } from './run.ts';
import { differs } from './verify.ts';

interface LoadedAndVerified extends LoadSummary {
  /** Undefined without --verify. */
  readonly against: AgainstSummary | undefined;
}

export const loadProgram: Program<LoadRequest, LoadedAndVerified> = {
  name: 'tsload',
  parse: parseLoadArguments,
  run: loadAndVerify,
  summaryLines: ({ against, ...summary }) => [
    ...loadSummaryLines(summary),
    ...(against === undefined ? [] : againstSummaryLines(against)),
  ],
  done: ({ directory, isVerified }) =>
    `tsload finished: everything in ${directory} is loaded${isVerified ? ', and the target has what is in it' : ''}`,
  verdict: ({ against }) => against && differs(against),
};

async function loadAndVerify(
  { isVerified, ...options }: LoadRequest,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<LoadedAndVerified> {
  const loaded = new Set<string>();
  const summary = await load(options, {
    signal,
    emit: (event) => {
      if (event.type === 'table-done') loaded.add(event.table);
      emit(event);
    },
  });
  if (!isVerified) return { ...summary, against: undefined };
  const against = await verifyAgainst({ ...options, only: loaded }, { emit, signal });
  return { ...summary, against };
}
