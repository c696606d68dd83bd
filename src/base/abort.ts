/**
 * Runs `action`, which `stop` can end from outside: when the signal is aborted `stop` is called, and the failure that
 * follows is reported as the abort's reason, because that is what happened.
 */
export async function abortable<T>(signal: AbortSignal, stop: () => void, action: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await action();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
