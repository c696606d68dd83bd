import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

// The tests run as tsc compiled them: worker threads of Node 20 load no TypeScript, and what is tested is what is published.
export default defineConfig({
  root,
  test: {
    // Most of a test is waiting for servers and programs: a third keeps two cores busy.
    maxWorkers: 3,
    retry: 0,
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['dist/test/unit/**/*.test.js', 'dist/test/property/**/*.test.js'],
          testTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'server',
          include: ['server', 'cli', 'interop', 'faults'].map((folder) => `dist/test/${folder}/**/*.test.js`),
          globalSetup: 'dist/test/support/global-setup.js',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
