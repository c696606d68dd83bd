/** The commands as they are typed: what needs no server. */

import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = new URL('../../../', import.meta.url);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(program: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, root)), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };

for (const program of ['tsdump', 'tsload']) {
  test(`${program} --help and --version go to stdout and succeed`, async () => {
    const help = await run(`bin/${program}.js`, ['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: ${program} `);
    const said = await run(`bin/${program}.js`, ['--version']);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toMatch(new RegExp(`^${program} ${version.replaceAll('.', '\\.')} .*\\n$`));
  });

  test.each([
    [['--thread', '4'], 'unknown option --thread (did you mean --threads?)'],
    [
      ['-d', 'x', '--threads', '-3'],
      '--threads: "-3" is not allowed; give a whole number from 0 to 1024 (0: one a core)',
    ],
    [['-d', 'x', '-P', '99999'], '--port: "99999" is not allowed; give a whole number from 1 to 65535'],
    [
      ['-d', 'x', 'y'],
      'unexpected argument: y (directories go behind -d, databases behind -B, what may be left out directly behind its option, as -oDROP)',
    ],
  ])(`${program} %j is a usage error of one line, exit code 2`, async (args, message) => {
    expect(await run(`bin/${program}.js`, args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${program}: ${message}; see ${program} --help (exit code 2)\n`,
    });
  });

  test(`${program} --ask-password without a terminal says so and does not wait`, async () => {
    // A detached child has a session of its own, and that has no terminal, whatever the tests have.
    const script = fileURLToPath(new URL(`bin/${program}.js`, root));
    const child = spawn(process.execPath, [script, '-d', 'x', '-a'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `${program}: cannot ask for the password: there is no terminal; put it into an option file ([client], password = …) that only you can read, or name one with --password-file (exit code 2)\n`,
    });
  });
}

test('an option file that anybody may write to is not believed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tsdump-home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, '.my.cnf'), '[client]\nuser=somebody\n');
  const shown = await run('bin/tsdump.js', ['--print-config'], { HOME: home });
  expect(shown.stdout).toMatch(/^user +somebody +.*\.my\.cnf, line 2$/m);
  chmodSync(join(home, '.my.cnf'), 0o666);
  const { code, stderr } = await run('bin/tsdump.js', ['--print-config'], { HOME: home });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('.my.cnf may be written to by anybody; chmod o-w'),
  });
});
