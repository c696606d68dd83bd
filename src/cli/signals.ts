/**
 * Signals → AbortSignal. The first one, or the end of the time that a run may take, asks the run to stop in good order; a
 * signal after that does not wait for it. SIGUSR1 asks where the run stands.
 */

import { ToolError } from '../base/errors.ts';

export interface SignalHandlers {
  /** Undefined: it may take any time. */
  readonly stopAfterSeconds: number | undefined;
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

/** The signal returned is aborted by what stops first, after `onFirst` has heard of it. */
export function watchSignals(handlers: SignalHandlers): AbortSignal {
  const { stopAfterSeconds, isAttended, onFirst, onSecond, onHangUp, onStatus } = handlers;
  const controller = new AbortController();
  const begin = (error: ToolError): void => {
    onFirst(error);
    controller.abort(error);
  };
  const stop = (name: NodeJS.Signals): void => {
    const code = name === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED';
    if (controller.signal.aborted)
      return onSecond(new ToolError(code, `stopped at once, by a further signal (${name})`));
    begin(new ToolError(code, `${code.toLowerCase()} (${name})`));
  };
  const timeIsOver = (): void => {
    if (!controller.signal.aborted) begin(new ToolError('TIME_LIMIT', 'the time of --stop-after is over'));
  };
  if (stopAfterSeconds !== undefined) setTimeout(timeIsOver, stopAfterSeconds * 1000).unref();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
  process.on('SIGHUP', isAttended ? stop : onHangUp);
  process.on('SIGUSR1', onStatus);
  return controller.signal;
}
