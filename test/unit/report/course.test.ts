import { expect, test } from 'vitest';

import { Course } from '../../../src/report/course.ts';
import { progressOf } from './fakes.ts';

/** A run of `rowsPerSecond` out of 1000 rows, told four times a second for so long. */
function courseAfter(seconds: number, rowsPerSecond: number): Course {
  const course = new Course(0);
  for (let ms = 0; ms <= seconds * 1000; ms += 250) {
    course.note({ type: 'progress', progress: progressOf({ rowsDone: (rowsPerSecond * ms) / 1000 }) }, ms);
  }
  return course;
}

test('the remaining time is unknown at first and right once it is told', () => {
  expect(courseAfter(4, 10).remainingSeconds(4000)).toBeUndefined();
  expect(courseAfter(20, 10).remainingSeconds(20_000)).toBeCloseTo(80, 0);
});

test('a run that stands still has no remaining time', () => {
  const course = courseAfter(20, 10);
  expect(course.remainingSeconds(29_000)).toBeDefined();
  expect(course.remainingSeconds(31_000)).toBeUndefined();
});

test('a pace that would take weeks is no remaining time', () => {
  const course = courseAfter(20, 10);
  for (let s = 21; s < 400; s += 9) {
    course.note({ type: 'progress', progress: progressOf({ rowsDone: 200 + s * 1e-6 }) }, s * 1000);
  }
  expect(course.remainingSeconds(400_000)).toBeUndefined();
});

test('an estimate that was too low shows 99 % and no remaining time until the last table is done', () => {
  const course = courseAfter(20, 70);
  expect(course.fraction).toBe(0.99);
  expect(course.remainingSeconds(20_000)).toBeUndefined();
  course.note({ type: 'progress', progress: progressOf({ rowsDone: 1400, tablesDone: 10 }) }, 20_250);
  expect(course.fraction).toBe(1);
});

test('the rate follows a change of pace within its memory', () => {
  const course = courseAfter(20, 10);
  for (let ms = 20_250; ms <= 80_000; ms += 250) {
    course.note({ type: 'progress', progress: progressOf({ rowsDone: 200 + (ms - 20_000) / 1000 }) }, ms);
  }
  expect(course.rowsPerSecond).toBeGreaterThan(0.99);
  expect(course.rowsPerSecond).toBeLessThan(1.3);
});

test('a load goes by the bytes of its files, and a run without rows by its tables', () => {
  const load = new Course(0);
  load.note({ type: 'progress', progress: progressOf({ storedBytes: 30, storedBytesTotal: 120 }) }, 1);
  expect(load.fraction).toBe(0.25);
  const empty = new Course(0);
  empty.note({ type: 'progress', progress: progressOf({ rowsTotal: 0, tablesDone: 4 }) }, 1);
  expect(empty.fraction).toBe(0.4);
});
