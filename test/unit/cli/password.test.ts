import { expect, test } from 'vitest';

import { TypedLine } from '../../../src/cli/password.ts';
import { titleWithout } from '../../../src/cli/title.ts';

function typed(keys: string): string {
  const line = new TypedLine();
  for (const key of keys) if (line.take(key) === 'end') return line.text;
  throw new Error('no end');
}

test('a password is what was typed, corrections applied', () => {
  expect(typed('s\u00E9cr\u007F\u007Fcret \r')).toBe('s\u00E9cret ');
  expect(typed('wrong\u0015right\n')).toBe('right');
  expect(typed('\u007F\r')).toBe('');
});

test('Ctrl-C at the prompt interrupts', () => {
  expect(() => typed('sec\u0003')).toThrow(expect.objectContaining({ code: 'INTERRUPTED', exitCode: 130 }));
});

test('the process title hides the password in whatever form it was given', () => {
  const forms = [['-psecret'], ['-p', 'secret'], ['--password=secret'], ['-Gpsecret']];
  for (const form of forms) {
    const title = titleWithout('secret', 'tsdump', ['-h', 'db', ...form]);
    expect(title).toMatch(/^tsdump -h db -/);
    expect(title).not.toContain('secret');
  }
  expect(titleWithout('', 'tsdump', ['-d', 'x'])).toBe('tsdump -d x');
});
