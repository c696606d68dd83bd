import type { WireError } from '../base/errors.ts';

/**
 * One typed protocol between the main thread and its workers. A worker's abilities are an interface of async methods:
 * the caller gets the same methods back as a proxy, and TypeScript checks both ends. Arguments and results are copied
 * by structured clone.
 */

export type Service = Record<string, (argument: never) => Promise<unknown>>;

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError };
