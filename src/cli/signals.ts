/** Signals → AbortSignal. The first one asks the run to stop in good order; a second one does not wait for that. */

import { ToolError } from '../base/errors.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The signal returned is aborted by the first signal of the system, after `onFirst` has heard of it; `onSecond` hears of
 * the next. What they get is the ToolError the run ends with, and the reason of the abort.
 */
export function watchSignals(onFirst: (error: ToolError) => void, onSecond: (error: ToolError) => void): AbortSignal {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    const code = name === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED';
    if (controller.signal.aborted)
      return onSecond(new ToolError(code, `stopped at once, by a second signal (${name})`));
    const error = new ToolError(code, `${code.toLowerCase()} (${name})`);
    onFirst(error);
    controller.abort(error);
  };
  for (const name of STOP_SIGNALS) process.on(name, handle);
  return controller.signal;
}
