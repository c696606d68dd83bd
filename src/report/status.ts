/** Where a run stands at this moment, for whoever asks (SIGUSR1): the figures of the whole, then a line for each connection. */

import type { Course } from './course.ts';
import { progressLine } from './progress.ts';
import { printable } from './text.ts';

/** All connections, however many there are: it was asked for. */
export function statusLines(course: Course, nowMs: number): string[] {
  const activities = course.progress?.activities ?? [];
  const digits = String(activities.length).length;
  return [
    `status: ${progressLine(course, nowMs)}`,
    ...activities.map((each, index) => {
      const number = String(index + 1).padStart(digits);
      return `  connection ${number}: ${each === '' ? 'idle' : printable(each)}`;
    }),
  ];
}
