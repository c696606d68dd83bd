import { Worker } from 'node:worker_threads';

import { fromWireError, ToolError } from '../base/errors.ts';
import type { Request, Response } from './protocol.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Call<Methods, Name extends keyof Methods> = Methods[Name] extends (
  argument: infer Argument,
) => Promise<infer Result>
  ? { argument: Argument; result: Result }
  : never;

/**
 * A worker thread seen from the main thread: typed requests, many at a time. When the thread dies every request that it
 * owes an answer to rejects with the reason, and so does each later one: nobody waits for a dead worker.
 */
export class WorkerThread<Methods> {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private death: Error | undefined;

  /** `entry` is the URL of a compiled module that calls `serve`. */
  constructor(entry: URL, data: unknown) {
    this.worker = new Worker(entry, { workerData: data });
    this.worker.on('message', (response: Response) => this.settle(response));
    this.worker.on('error', (error) => this.die(error));
    this.worker.on('messageerror', (error) => this.die(error));
    this.worker.on('exit', (code) => this.die(new Error(`exit code ${code}`)));
  }

  call<Name extends keyof Methods & string>(
    method: Name,
    argument: Call<Methods, Name>['argument'],
  ): Promise<Call<Methods, Name>['result']> {
    if (this.death !== undefined) return Promise.reject(this.death);
    return new Promise((resolve, reject) => {
      const request: Request = { id: ++this.lastId, method, argument };
      this.worker.postMessage(request); // throws when the argument cannot be copied; nothing is owed then
      this.pending.set(request.id, { resolve, reject });
    });
  }

  /** Ends the thread at once; requests under way reject. */
  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private settle(response: Response): void {
    const pending = this.pending.get(response.id);
    this.pending.delete(response.id);
    if ('error' in response) pending?.reject(fromWireError(response.error));
    else pending?.resolve(response.result);
  }

  private die(cause: Error): void {
    this.death ??= new ToolError('INTERNAL', 'a worker thread died', { cause });
    for (const { reject } of this.pending.values()) reject(this.death);
    this.pending.clear();
  }
}
