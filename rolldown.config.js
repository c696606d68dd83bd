/**
 * The programs as a few files each, dependencies included. Node takes 0.1 s and more to find, read and compile six hundred
 * modules, in every thread and for every run: an empty dump took 0.53 s of CPU so, and takes 0.30 s.
 *
 * As a library the package is what tsc makes of it, with dependencies as they are installed.
 */

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { defineConfig } from 'rolldown';

/** As deep as dist/src/cli, from where package.json is found. */
const DIRECTORY = 'dist/bundle/cli';
const KERNELS = [
  'insert.wasm',
  'bare.wasm',
  'rows-from-insert.wasm',
  'insert-from-rows.wasm',
  'hash.wasm',
  'count-rows.wasm',
];

export default defineConfig({
  input: {
    tsdump: 'dist/src/cli/tsdump.js',
    tsload: 'dist/src/cli/tsload.js',
    // By the name under which src/dump/crew.ts starts it.
    worker: 'dist/src/dump/worker.js',
    // And src/verify/crew.ts.
    'check-worker': 'dist/src/verify/check-worker.js',
  },
  platform: 'node',
  external: [/^@mongodb-js\/zstd/], // a native addon
  output: {
    dir: DIRECTORY,
    cleanDir: true,
    // Without comments and blanks, which take their time too; names stay as they are, for stack traces.
    minify: { compress: false, mangle: false, codegen: true },
  },
  plugins: [{ name: 'beside-the-code', writeBundle: (_, files) => writeBeside(Object.values(files)) }],
});

/** The kernels, which are read by the module they belong to, and the licences of what is not ours. */
function writeBeside(files) {
  for (const kernel of KERNELS) copyFileSync(join('dist/src/kernel', kernel), join(DIRECTORY, kernel));
  const modules = files.flatMap(({ moduleIds = [] }) => moduleIds);
  const packages = new Set(modules.map(packageOf).filter((each) => each !== undefined));
  const texts = [...packages].map((each) => `${each.split(`node_modules${sep}`).at(-1)}\n\n${licenceOf(each)}`);
  writeFileSync(join(DIRECTORY, 'LICENSES.txt'), texts.join('\n\n----------\n\n'));
}

/** The directory of the package that a module belongs to; undefined: it is ours. */
function packageOf(module) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(module)?.[0];
}

function licenceOf(directory) {
  const file = readdirSync(directory).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${directory} has no licence to be passed on`);
  return readFileSync(join(directory, file), 'utf8').trim();
}
