/** Help, completion and manual are made from the options themselves. */

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../src/cli/dump-arguments.ts';
import { parseLoadArguments } from '../../../src/cli/load-arguments.ts';
import { PLAIN } from './surroundings.ts';

const PROGRAMS = [
  ['tsdump', parseDumpArguments],
  ['tsload', parseLoadArguments],
] as const;

function print(parse: (typeof PROGRAMS)[number][1], ...argv: string[]): string {
  const request = parse(argv, PLAIN);
  if (request.kind !== 'print') throw new Error('nothing was printed');
  return request.text;
}

const optionsIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}(?:-\S, )?(--[\w-]+)/gm)].map(([, long]) => long ?? '');

test.each(PROGRAMS)('%s --help shows what most runs need, --help=all every option', (_, parse) => {
  const common = optionsIn(print(parse, '--help'));
  const all = optionsIn(print(parse, '--help=all'));
  expect(common).toEqual(expect.arrayContaining(['--directory', '--host', '--threads', '--quiet', '--help']));
  expect(common.length).toBeLessThan(30);
  expect(all.length).toBeGreaterThan(common.length * 1.5);
  expect(all).toEqual(expect.arrayContaining(common));
  for (const text of [print(parse, '--help'), print(parse, '--help=all')]) {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  }
});

test.each(PROGRAMS)('%s --completion and its manual have every option of --help=all', (name, parse) => {
  const all = optionsIn(print(parse, '--help=all'));
  const [bash, zsh, fish] = (['bash', 'zsh', 'fish'] as const).map((shell) => print(parse, '--completion', shell));
  const manual = print(parse, '--man-page').replaceAll('\\-', '-');
  for (const long of all) {
    expect(bash).toContain(long);
    expect(zsh).toContain(`'*${long}`);
    expect(fish).toContain(`-l '${long.slice(2)}'`);
    expect(manual).toMatch(new RegExp(`^\\.B .*${long}`, 'm'));
  }
  expect(manual).toMatch(new RegExp(`^\\.TH ${name.toUpperCase()} 1 `));
});

test.runIf(spawnSync('bash', ['--version']).status === 0).each([
  ['tsdump --ssl-mode VER', 'VERIFY_CA VERIFY_IDENTITY'],
  ['tsdump --threa', '--threads'],
  ['tsdump --compress-l', '--compress-level'],
])('bash completes "%s"', (typed, expected) => {
  const words = typed.split(' ');
  const script = `${print(parseDumpArguments, '--completion', 'bash')}
    compopt() { :; }
    COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _tsdump; echo "\${COMPREPLY[*]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-u', '-c', script], { encoding: 'utf8' });
  expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: expected, stderr: '' });
});
