import { expect, test } from 'vitest';

import { renderBlock } from '../../../src/report/block.ts';
import { Course } from '../../../src/report/course.ts';
import { displayWidth } from '../../../src/report/text.ts';
import { progressOf } from './fakes.ts';

const FRAME = { columns: 101, rows: 24, colour: false, unicode: false };

function courseWith(activities: readonly string[]): Course {
  const course = new Course(0);
  course.note({ type: 'phase', phase: 'data' }, 0);
  course.note({ type: 'progress', progress: progressOf({ activities }) }, 0);
  const progress = progressOf({ rowsDone: 250, tablesDone: 2, bytesDone: 2e6, storedBytes: 1e6, activities });
  course.note({ type: 'progress', progress }, 10_000);
  return course;
}

test('a wide terminal shows bar, figures and one line a connection', () => {
  expect(renderBlock(courseWith(['`shop`.`orders` part 3', '']), 10_000, FRAME)).toEqual([
    '[#######-----------------------] 25 %  rows  10 s  about 30 s left',
    'tables 2/10  rows 250 of ~1.00 k  25 rows/s  200 kB/s  1.00 MB stored',
    ' 1 `shop`.`orders` part 3',
    ' 2 idle',
  ]);
});

test('no size of terminal makes a line wrap or the block scroll', () => {
  const course = courseWith(
    Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? '' : `\`shop\`.\`表_${i}_with_a_long_name\``)),
  );
  for (const columns of [1, 2, 10, 24, 40, 41, 59, 80, 101, 200]) {
    for (const rows of [1, 2, 3, 5, 10, 24, 60]) {
      const lines = renderBlock(course, 10_000, { ...FRAME, columns, rows });
      for (const line of lines) expect(displayWidth(line)).toBeLessThan(Math.max(2, columns));
      expect(lines.length).toBeLessThanOrEqual(Math.max(2, rows - 3));
    }
  }
});

test('where connections are more than lines, the busy ones are shown and the rest counted', () => {
  const course = courseWith(['', 'a', 'b', '', 'c', 'd']);
  expect(renderBlock(course, 10_000, { ...FRAME, rows: 8 }).slice(2)).toEqual([
    ' 2 a',
    ' 3 b',
    '   and 2 busy, 2 idle',
  ]);
});

test('before data moves it says what is waited for', () => {
  const course = new Course(0);
  course.note({ type: 'lock', state: 'wanted', kind: 'FLUSH TABLES WITH READ LOCK' }, 0);
  expect(renderBlock(course, 3000, FRAME)).toEqual(['waiting for FLUSH TABLES WITH READ LOCK  3 s']);
});

test('colour comes only when asked for', () => {
  const esc = '\u001B';
  expect(renderBlock(courseWith(['']), 10_000, FRAME).join('')).not.toContain(esc);
  expect(renderBlock(courseWith(['']), 10_000, { ...FRAME, colour: true }).join('')).toContain(`${esc}[32m`);
});
