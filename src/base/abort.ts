import { setMaxListeners } from 'node:events';

/**
 * Runs `action`, which `stop` can end from outside. `stop` is called when the signal is aborted, and also when the action
 * fails by itself, to let go of what it held. A failure after the abort is reported as the abort's reason, because that
 * is what happened.
 */
export async function abortable<T>(signal: AbortSignal, stop: () => void, action: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await action();
  } catch (error) {
    stop();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A signal that follows the caller's. Many workers listen to it, which on the caller's own would pass for a leak. */
export function followed(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}
