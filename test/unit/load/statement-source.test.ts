/** Long statements are lent a few at a time, however many files hold some. */
import { setImmediate as turn } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { readStatements } from '../../../src/format/statements.ts';
import { StatementSource } from '../../../src/load/send/statement-source.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

const sourceOf = (...texts: readonly string[]): StatementSource =>
  new StatementSource(readStatements(chunks(...texts), { path: 'a.sql', maxBufferedBytes: 4 }));

const longOne = (): StatementSource => sourceOf('INSERT', ' (1)', ';\n');

test('two long statements are out at a time, and whoever is through or gives up makes room', async () => {
  const sources = Array.from({ length: 6 }, longOne);
  const lent: number[] = [];
  const peeks = sources.map(async (source, index) => {
    await source.peek();
    lent.push(index);
  });
  await turn();
  expect(lent).toEqual([0, 1]);
  await sources[5]?.close(); // while it waits: its turn must not be lost
  for await (const part of (await sources[1]?.peek())?.rest ?? []) expect(part.toString()).toBe(' (1)');
  sources[1]?.take();
  await turn();
  expect(lent).toEqual([0, 1, 2]);
  for (const source of [0, 2, 3]) {
    await sources[source]?.close();
    await turn();
  }
  await Promise.all(peeks);
  await sources[4]?.close();
  const again = Array.from({ length: 2 }, longOne);
  await Promise.all(again.map((source) => source.peek()));
  await Promise.all(again.map((source) => source.close()));
});

test('a short statement waits for nobody', async () => {
  const long = Array.from({ length: 2 }, longOne);
  await Promise.all(long.map((source) => source.peek()));
  const short = sourceOf('A;\n', 'B;\n');
  expect((await short.peek())?.bytes.toString()).toBe('A');
  expect((await short.peek())?.bytes.toString()).toBe('A');
  short.take();
  expect((await short.peek())?.bytes.toString()).toBe('B');
  short.take();
  expect(await short.peek()).toBeUndefined();
  await Promise.all(long.map((source) => source.close()));
});
