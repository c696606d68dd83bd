/** Whatever spans of a table are read, what is left of it is disjoint with them, and together they are all of it. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Span } from '../../src/format/journal.ts';
import type { ChunkSource } from '../../src/dump/chunk/source.ts';
import { unreadChunks } from '../../src/dump/chunk/unread.ts';

const KEYS = 60;

/** Of an integer key; behind the last boundary nobody finds another one. */
const SOURCE = {
  planning: { ask: () => Promise.resolve([]) },
  table: { database: 'd', name: 't' },
  key: { name: 'PRIMARY', parts: [{ column: '`id`', expression: '`id`', isDescending: false }] },
  partition: undefined,
  rowsPerChunk: { wanted: 1 },
} as unknown as ChunkSource;

const keysIn = ({ from, to }: Span): number[] =>
  Array.from({ length: KEYS }, (_, key) => key).filter(
    (key) => (from === undefined || key >= Number(from[0])) && (to === undefined || key < Number(to[0])),
  );

test('interrupted and gone on with, again and again', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: KEYS - 1 }), { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.boolean()),
      async (unsorted, luck) => {
        const isFinished = (): boolean => luck.next().value === true;
        const boundaries = unsorted.sort((a, b) => a - b).map((key) => [`${key}`]);
        const all = Array.from({ length: boundaries.length + 1 }, (_, rank): Span => ({
          rank,
          from: boundaries[rank - 1],
          to: boundaries[rank],
        }));
        let read = all.filter(isFinished);
        for (let run = 0; read.length > 0 && run < 20; run++) {
          const left: Span[] = [];
          for await (const { span, where } of unreadChunks(SOURCE, read)) {
            expect(where === undefined).toBe(span?.from === undefined && span?.to === undefined);
            if (span !== undefined) left.push(span);
          }
          expect([...read, ...left].flatMap(keysIn).sort((a, b) => a - b)).toEqual(keysIn({ rank: 0 }));
          if (left.length === 0) return;
          // As they come to be known: those of this run behind those of earlier ones.
          read = [...read, ...left.filter(isFinished)];
        }
      },
    ),
  ));
