/** Programs of the operator's: what they get to see, and what is said of those that fail. */

import { expect, test } from 'vitest';

import { RunningProgram, requireProgram } from '../../../src/base/program.ts';

const NODE = process.execPath;
const SILENT = { stdin: 'ignore', stdout: 'pipe' } as const;

test('a program has the environment, but not the password of the server', async () => {
  process.env['MYSQL_PWD'] = 'secret';
  process.env['AWS_REGION'] = 'eu-west-1';
  try {
    const script = 'console.log(process.env.MYSQL_PWD, process.env.AWS_REGION)';
    const running = new RunningProgram([NODE, '-e', script], 'a file', SILENT);
    let said = '';
    for await (const chunk of running.process.stdout ?? []) said += String(chunk);
    await running.ended;
    expect(said).toBe('undefined eu-west-1\n');
  } finally {
    delete process.env['MYSQL_PWD'];
    delete process.env['AWS_REGION'];
  }
});

test('no shell looks at its words', async () => {
  const script = 'process.exit(process.argv[1] === "$(false); *" ? 0 : 1)';
  await new RunningProgram([NODE, '-e', script, '$(false); *'], 'a file', SILENT).ended;
});

test('a program that fails is named, with the file, its exit code and its last words', async () => {
  const script = 'console.error("no key\\nfor it"); process.exit(3)';
  const { ended } = new RunningProgram([NODE, '-e', script], 'shop.t.00000.sql.gpg', SILENT);
  await expect(ended).rejects.toMatchObject({
    code: 'PROGRAM_FAILED',
    message: `${NODE} for shop.t.00000.sql.gpg ended with exit code 3: no key; for it`,
  });
});

test('what cannot be run is refused before anything is done', () => {
  expect(() => requireProgram(['gzip', '-c'], '--exec-per-thread')).toThrow('needs its whole path');
  expect(() => requireProgram(['/nowhere/gzip'], '--exec')).toThrow('--exec: /nowhere/gzip cannot be run');
  requireProgram([NODE], '--exec');
});
