/** Two programs do the same work in turn, pair by pair. */

import type { Bench } from './bench.ts';
import type { Usage } from './measure.ts';

export interface Program<Measured extends Usage> {
  /** As the report names it. */
  readonly name: string;
  readonly run: () => Promise<Measured>;
}

export type Side = 'ours' | 'theirs';

export interface Pairs<Measured extends Usage> {
  readonly ours: readonly Measured[];
  /** Empty without a peer. */
  readonly theirs: readonly Measured[];
  /** Those that failed, whose runs up to then are left out of the table. */
  readonly failed: readonly Side[];
}

/** One of the two. After a failure it is not tried again: the other goes on alone. */
interface Runner<Measured extends Usage> extends Program<Measured> {
  readonly measured: Measured[];
  isFailed: boolean;
}

/** Measures as many pairs as were asked for; without a peer, our program alone. */
export async function inPairs<Measured extends Usage>(
  bench: Bench,
  work: string,
  our: Program<Measured>,
  their: Program<Measured> | undefined,
): Promise<Pairs<Measured>> {
  const ours: Runner<Measured> = { ...our, measured: [], isFailed: false };
  const theirs = their === undefined ? undefined : { ...their, measured: [], isFailed: false };
  const runners: Runner<Measured>[] = theirs === undefined ? [ours] : [ours, theirs];
  for (let pair = 0; pair < bench.request.pairs; pair += 1) {
    // Who goes first changes from pair to pair.
    for (const runner of pair % 2 === 0 ? runners : runners.toReversed()) {
      if (runner.isFailed) continue;
      const measured = await bench.attempt(work, runner.name, runner.run);
      if (measured === undefined) runner.isFailed = true;
      else runner.measured.push(measured);
    }
    const latest = runners.map(({ measured, isFailed }) => (isFailed ? 'failed' : `${measured.at(-1)?.wallSeconds} s`));
    bench.say(`  pair ${pair + 1}: ${latest.join(' against ')}`);
  }
  return {
    ours: ours.measured,
    theirs: theirs?.measured ?? [],
    failed: [...(ours.isFailed ? ['ours' as const] : []), ...(theirs?.isFailed === true ? ['theirs' as const] : [])],
  };
}
