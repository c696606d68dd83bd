/**
 * The programs as a few files each: Node takes a tenth of a second to find and compile two hundred modules, in every thread
 * and for every run. Only our own modules are put together; dependencies are loaded as they are installed.
 *
 * The depth of the directory is that of dist/src/cli, from where package.json is read.
 */

import { copyFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { defineConfig } from 'rolldown';

const DIRECTORY = 'dist/bundle/cli';

export default defineConfig({
  input: {
    tsdump: 'dist/src/cli/tsdump.js',
    tsload: 'dist/src/cli/tsload.js',
    // By the name that src/dump/crew.ts gives it.
    worker: 'dist/src/dump/worker.js',
  },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  output: {
    dir: DIRECTORY,
    cleanDir: true,
    // Without comments and blanks, which are a third of the time to compile; names stay, for stack traces.
    minify: { compress: false, mangle: false, codegen: true },
  },
  plugins: [{ name: 'kernels', writeBundle: () => copyKernels(['insert.wasm', 'bare.wasm']) }],
});

/** They lie beside the module that reads them. */
function copyKernels(names) {
  for (const name of names) copyFileSync(join('dist/src/kernel', name), join(DIRECTORY, basename(name)));
}
