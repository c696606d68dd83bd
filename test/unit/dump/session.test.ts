import { expect, test } from 'vitest';

import { fileHeader, LOAD_SQL_MODE } from '../../../src/dump/session.ts';

test('every file begins with the four settings that its statements rely on, one a line', () => {
  expect(fileHeader().split('\n')).toEqual([
    '/*!40101 SET NAMES binary*/;',
    '/*!40014 SET FOREIGN_KEY_CHECKS=0*/;',
    `/*!40101 SET SQL_MODE='${LOAD_SQL_MODE}'*/;`,
    "/*!40103 SET TIME_ZONE='+00:00' */;",
    '',
  ]);
});

test('the load mode keeps zero ids and odd dates, and has none of the modes that change or refuse values', () => {
  expect(LOAD_SQL_MODE.split(',')).toEqual(['NO_AUTO_VALUE_ON_ZERO', 'ALLOW_INVALID_DATES', 'NO_ENGINE_SUBSTITUTION']);
});
