/**
 * `npm test`, `npm run demo` and `npm run bench`, on a fresh clone too: installs when needed, builds, and then becomes the command, in this
 * very process, so that signals, the terminal and the exit code are the command's own. Needs nothing but Node and npm.
 */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const [command, ...args] = process.argv.slice(2);
const MAINS = new Map([
  ['demo', 'dist/test/demo/main.js'],
  ['bench', 'dist/test/lanes/bench/main.js'],
]);
const main = MAINS.get(command);
if (command !== 'test' && main === undefined) {
  process.stderr.write('usage: node test/run.js test [vitest arguments] | demo [arguments] | bench [arguments]\n');
  process.exit(2);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

if (!isInstalled()) await step('installing…', ['ci', '--no-audit', '--no-fund']);
await step('building…', ['run', 'build']);
removeStaleTests();
if (command === 'test')
  await become('node_modules/vitest/vitest.mjs', ['run', '--config', 'test/vitest.config.ts', ...args]);
else await become(main, args);

/** npm leaves a copy of the lock file in what it installed, as its last act. */
function isInstalled() {
  const installed = 'node_modules/.package-lock.json';
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
}

/** Runs npm quietly; when it fails, all it said is shown and its exit code is ours. */
async function step(title, npmArgs) {
  process.stderr.write(`${title}\n`);
  // npm tells its scripts where it is; that is also the way around npm.cmd on Windows.
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const child = spawn(program, [...first, ...npmArgs], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  for (const each of SIGNALS) process.off(each, pass);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(said));
  if (signal !== null) process.kill(process.pid, signal);
  process.exit(code ?? 1);
}

/** tsc leaves what it compiled of a test that was since removed or renamed; it would run for ever. */
function removeStaleTests() {
  const compiled = readdirSync('dist/test', { recursive: true, encoding: 'utf8' });
  for (const path of compiled.filter((each) => each.endsWith('.test.js'))) {
    if (!existsSync(join('test', path.replace(/js$/, 'ts')))) rmSync(join('dist/test', path));
  }
}

async function become(script, scriptArgs) {
  process.argv = [process.execPath, join(root, script), ...scriptArgs];
  await import(pathToFileURL(join(root, script)).href);
}
