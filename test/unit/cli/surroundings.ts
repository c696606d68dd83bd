import type { Surroundings } from '../../../src/cli/command.ts';

export const PLAIN: Surroundings = {
  environment: {},
  loginName: () => 'me',
  readFile: (path) => {
    throw new Error(`there is no file ${path}`);
  },
  cores: 6,
  columns: 80,
  version: 'tsdump 9.9.9',
};

/** Files by their paths. */
export const withFiles = (files: Record<string, string>): Surroundings => ({
  ...PLAIN,
  readFile: (path) => files[path] ?? PLAIN.readFile(path),
});

export const withEnvironment = (environment: Record<string, string>): Surroundings => ({ ...PLAIN, environment });
