/** What of views and code is told to differ. */
import { expect, test } from 'vitest';

import { codeDifferences, codeObjects } from '../../../../src/schema/compare/code.ts';
import type { CodeCompared } from '../../../../src/schema/compare/code.ts';

const compared: CodeCompared = { source: 'shop', database: 'copy', likeness: 'same series', withDefiners: true };

function told(was: readonly string[], is: readonly string[], options: Partial<CodeCompared> = {}): string[] {
  const [[before], [found]] = [was, is].map((list) => codeObjects(list.map((text) => Buffer.from(text)))) as [
    ReturnType<typeof codeObjects>,
    ReturnType<typeof codeObjects>,
  ];
  if (before === undefined || found === undefined) throw new Error('nothing is created');
  return codeDifferences(before, found, { ...compared, ...options });
}

const PROCEDURE = 'CREATE DEFINER=`a`@`%` PROCEDURE `p`()\nSELECT 1';

test('text, definer and the settings that it was created under', () => {
  const mode = (text: string): string => `SET SESSION sql_mode = '${text}'`;
  expect(told([mode('ANSI'), PROCEDURE], [mode('ANSI'), PROCEDURE])).toEqual([]);
  expect(told([mode(''), PROCEDURE], [mode('ANSI'), PROCEDURE])).toEqual([
    'was created under sql_mode ANSI instead of none',
  ]);
  expect(told([PROCEDURE], [PROCEDURE.replace('SELECT 1', 'SELECT 2')])).toEqual([
    expect.stringMatching(/^is defined otherwise: .*SELECT 2 instead of .*SELECT 1$/),
  ]);
  const other = PROCEDURE.replace('`a`', '`b`');
  expect(told([PROCEDURE], [other])).toEqual(['has DEFINER=`b`@`%` instead of DEFINER=`a`@`%`']);
  expect(told([PROCEDURE], [other], { withDefiners: false })).toEqual([]);
  expect(told([PROCEDURE], [other], { likeness: 'same product' })).toEqual([]);
});

test('a setting holds until the next, and a view may name its own database or not', () => {
  const zones = ["SET SESSION time_zone = 'SYSTEM'", 'CREATE VIEW `v` AS SELECT 1', 'CREATE VIEW `w` AS SELECT 1'];
  expect(codeObjects(zones.map((text) => Buffer.from(text))).map(({ settings }) => settings.get('time zone'))).toEqual([
    'SYSTEM',
    'SYSTEM',
  ]);
  expect(told(['CREATE VIEW `v` AS SELECT `shop`.`t`.`a`'], ['CREATE VIEW `v` AS SELECT `t`.`a`'])).toEqual([]);
  expect(told(['CREATE VIEW `v` AS SELECT `t`.`a`'], ['CREATE VIEW `v` AS SELECT `copy`.`t`.`a`'])).toEqual([]);
});
