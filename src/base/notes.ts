import type { Emit, LeftOut, ObjectKind, Skipped } from './events.ts';

/** What a run has to say beside its result, gathered from its own events for the summary. */
export interface Notes {
  readonly warnings: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly leftOut: LeftOut;
  /** How often something was tried again. */
  readonly retries: number;
  /** Passes every event on. */
  readonly emit: Emit;
}

export function takeNotes(emit: Emit): Notes {
  const warnings: string[] = [];
  const skipped: Skipped[] = [];
  const leftOut: Partial<Record<ObjectKind, number>> = {};
  let retries = 0;
  return {
    warnings,
    skipped,
    leftOut,
    get retries() {
      return retries;
    },
    emit: (event) => {
      if (event.type === 'retry') retries++;
      if (event.type === 'warning') warnings.push(event.message);
      if (event.type === 'skipped') skipped.push({ what: event.what, why: event.why });
      if (event.type === 'left-out') leftOut[event.kind] = (leftOut[event.kind] ?? 0) + 1;
      emit(event);
    },
  };
}
