import { expect, test } from 'vitest';

import { changesBetween } from '../../../src/dump/snapshot/inventory.ts';
import type { Inventory } from '../../../src/dump/snapshot/inventory.ts';

const marked = (mark: string): Inventory =>
  new Map([['`d`.`t`', { database: 'd', name: 't', engine: 'InnoDB', isApart: false, mark }]]);

test.each([
  ['2026-05-04 10:00:00 12', '2026-05-04 10:00:00 12', false],
  ['2026-05-04 10:00:00 12', '2026-05-04 10:00:01 12', true],
  ['2026-05-04 10:00:00 12', '2026-05-04 10:00:00 13', true],
  ['2026-05-04 10:00:00 ', '2026-05-04 10:00:01 ', true],
  [' 12', '2026-05-04 10:00:00 12', false],
  ['2026-05-04 10:00:00 12', ' 12', false],
  [' 12', '2026-05-04 10:00:00 13', true],
  [' ', '2026-05-04 10:00:00 ', true],
])('a table marked "%s" and later "%s" was changed: %s', (before, after, isChanged) => {
  expect(changesBetween(marked(before), marked(after)).has('`d`.`t`')).toBe(isChanged);
});

test('a table that is not there any more was changed, too', () => {
  expect([...changesBetween(marked(' 12'), new Map()).keys()]).toEqual(['`d`.`t`']);
});
