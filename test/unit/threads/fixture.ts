/** A worker thread to be tested with; what it does at its start is what it was given. */
import { setImmediate as turn } from 'node:timers/promises';

import { ToolError } from '../../../src/base/errors.ts';
import { serve } from '../../../src/threads/serve.ts';

export type Start = 'serve' | 'throw' | 'exit';

export interface FixtureMethods {
  /** Answers after as many turns of the event loop. */
  echoAfter(argument: { turns: number; value: unknown }): Promise<unknown>;
  refuse(message: string): Promise<never>;
  throwAtOnce(message: string): Promise<never>;
  /** A result that cannot be copied. */
  giveFunction(argument: null): Promise<unknown>;
  never(argument: null): Promise<never>;
  exit(code: number): Promise<never>;
  /** An error that nobody catches, beside the request. */
  throwAside(message: string): Promise<never>;
}

const forEver = (): Promise<never> => new Promise<never>(() => undefined);

serve<Start, FixtureMethods>((start) => {
  if (start === 'throw') throw new Error('no service today');
  if (start === 'exit') process.exit(3);
  return {
    async echoAfter({ turns, value }) {
      for (let i = 0; i < turns; i++) await turn();
      return value;
    },
    async refuse(message) {
      const cause = new Error('disk full', { cause: new Error('ENOSPC') });
      throw new ToolError('STORAGE', message, { hint: 'make room', cause });
    },
    throwAtOnce(message) {
      throw new Error(message);
    },
    giveFunction: async () => forEver,
    never: forEver,
    exit: (code) => process.exit(code),
    throwAside(message) {
      setImmediate(() => {
        throw new Error(message);
      });
      return forEver();
    },
  };
});
