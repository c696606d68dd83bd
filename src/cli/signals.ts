/**
 * Signals → AbortSignal. The first one asks the run to stop in good order; a second one does not wait for that. SIGUSR1 asks
 * where the run stands.
 */

import { ToolError } from '../base/errors.ts';

export interface SignalHandlers {
  /**
   * Somebody watches the run on a terminal. SIGHUP says that this terminal is gone: a run that was watched stops, one whose
   * output goes elsewhere goes on. nohup takes stderr off the terminal, and Node forgets that nohup had SIGHUP ignored.
   */
  readonly isAttended: boolean;
  /** What these get is the ToolError the run ends with, and the reason of the abort. */
  readonly onFirst: (error: ToolError) => void;
  readonly onSecond: (error: ToolError) => void;
  readonly onHangUp: () => void;
  readonly onStatus: () => void;
}

/** The signal returned is aborted by the first signal that stops, after `onFirst` has heard of it. */
export function watchSignals({ isAttended, onFirst, onSecond, onHangUp, onStatus }: SignalHandlers): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    const code = name === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED';
    if (controller.signal.aborted)
      return onSecond(new ToolError(code, `stopped at once, by a second signal (${name})`));
    const error = new ToolError(code, `${code.toLowerCase()} (${name})`);
    onFirst(error);
    controller.abort(error);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
  process.on('SIGHUP', isAttended ? stop : onHangUp);
  process.on('SIGUSR1', onStatus);
  return controller.signal;
}
