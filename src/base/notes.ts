import type { Emit, Skipped } from './events.ts';

/** What a run has to say beside its result, gathered from its own events for the summary. */
export interface Notes {
  readonly warnings: readonly string[];
  readonly skipped: readonly Skipped[];
  /** Passes every event on. */
  readonly emit: Emit;
}

export function takeNotes(emit: Emit): Notes {
  const warnings: string[] = [];
  const skipped: Skipped[] = [];
  return {
    warnings,
    skipped,
    emit: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
      if (event.type === 'skipped') skipped.push({ what: event.what, why: event.why });
      emit(event);
    },
  };
}
