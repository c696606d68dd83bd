import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { must, toWireError } from '../base/errors.ts';
import type { Request, Response, Service } from './protocol.ts';

/**
 * Runs in a worker thread: makes the service from what the main thread passed, and answers its requests, many at a
 * time. A request whose method throws, or whose result cannot be copied, is answered with the error; the thread lives on.
 */
export function serve<Data, Methods>(makeService: (data: Data) => Methods): void {
  const port = must(parentPort, 'a parent thread');
  const service = makeService(workerData as Data) as unknown as Service;
  port.on('message', (request: Request) => {
    void answer(service, request).then((response) => send(port, response));
  });
}

function send(port: MessagePort, response: Response): void {
  try {
    port.postMessage(response);
  } catch (error) {
    port.postMessage({ id: response.id, error: toWireError(error) } satisfies Response);
  }
}

async function answer(service: Service, { id, method, argument }: Request): Promise<Response> {
  try {
    const call = must(service[method], `method ${method} of the worker`);
    return { id, result: await call.call(service, argument as never) };
  } catch (error) {
    return { id, error: toWireError(error) };
  }
}
