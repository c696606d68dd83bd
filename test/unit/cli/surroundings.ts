import type { Surroundings } from '../../../src/cli/command.ts';

export const PLAIN: Surroundings = {
  environment: {},
  loginName: () => 'me',
  cores: 6,
  columns: 80,
  version: 'tsdump 9.9.9',
};

export const withEnvironment = (environment: Record<string, string>): Surroundings => ({ ...PLAIN, environment });
