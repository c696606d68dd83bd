import type { Surroundings } from '../../../src/cli/command.ts';

export const PLAIN: Surroundings = {
  environment: {},
  loginName: () => 'me',
  readFile: (path) => {
    throw new Error(`there is no file ${path}`);
  },
  home: '/home/me',
  findFile: () => undefined,
  readBytes: (path) => Buffer.from(PLAIN.readFile(path)),
  filesIn: (directory) => {
    throw new Error(`there is no directory ${directory}`);
  },
  outputOf: (command) => {
    throw new Error(`there is no command ${command}`);
  },
  cores: 6,
  columns: 80,
  version: 'tsdump 9.9.9',
};

/** Files by their paths. */
export const withFiles = (files: Record<string, string>): Surroundings => ({
  ...PLAIN,
  readFile: (path) => files[path] ?? PLAIN.readFile(path),
  findFile: (path) => files[path],
  filesIn: (directory) =>
    Object.keys(files)
      .filter((path) => path.startsWith(`${directory}/`))
      .map((path) => path.slice(directory.length + 1)),
});

export const withEnvironment = (environment: Record<string, string>): Surroundings => ({ ...PLAIN, environment });
