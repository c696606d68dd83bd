/** A server as a URL: mysql://user:password@host:3306/database?ssl-mode=REQUIRED. */

import { usageError } from '../values.ts';

/** What can stand behind the question mark; the names are the options'. */
const PARAMETERS = new Set(['socket', 'ssl-mode', 'ca', 'cert', 'key', 'compress-protocol']);

export function isServerUrl(text: string): boolean {
  return /^(?:mysql|mariadb):\/\//i.test(text);
}

/** Names of options with their values. @throws ToolError USAGE. */
export function optionsOfUrl(text: string): Map<string, string> {
  // The message must not print the password.
  if (!isServerUrl(text)) throw usageError('--url: give mysql://user@host:port/database');
  let url: URL;
  const options = new Map<string, string>();
  try {
    url = new URL(text);
    const [user, password, host, database] = [url.username, url.password, url.hostname, url.pathname.slice(1)].map(
      decodeURIComponent,
    );
    const parts = { host: host?.replace(/^\[(.*)\]$/, '$1'), port: url.port, user, password, database };
    for (const [name, value] of Object.entries(parts))
      if (value !== undefined && value !== '') options.set(name, value);
  } catch {
    throw usageError(
      '--url: this is no URL; give mysql://user@host:port/database, with %xx for what is special in one',
    );
  }
  for (const [name, value] of url.searchParams) {
    if (!PARAMETERS.has(name)) {
      throw usageError(`--url: ${name} is not known; behind the ? can stand ${[...PARAMETERS].join(', ')}`);
    }
    options.set(name, value);
  }
  return options;
}
