/** Identity: by what a run that goes on with a dump knows that it would be the same dump. */
import { differingOptions, givenOptions } from '../../base/given-options.ts';
import { ToolError } from '../../base/errors.ts';
import type { JournalHead } from '../../format/journal.ts';
import { HASHES_VERSION } from '../../format/manifest.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { DumpOptions } from '../options.ts';

/** Of how many connections read, in which chunks and under which lock, nothing that is kept depends. */
const SPELLED = {
  databases: '--database',
  tables: '--tables-list',
  regex: '--regex',
  omit: '--omit-from-file',
  ignoreEngines: '--ignore-engines',
  where: '--where',
  tableRules: '--defaults-file (sections of tables)',
  partitionRegex: '--partition-regex',
  updatedSinceDays: '--updated-since',
  codec: '--compress',
  withSchemas: '--no-schemas',
  withData: '--no-data',
  withTriggers: '--triggers',
  withRoutines: '--routines',
  withEvents: '--events',
  withViews: '--no-views',
  withUsers: '--users',
  definer: '--skip-definer and --replace-definer',
  bareRows: '--format and its separators',
  duplicates: '--insert-ignore and --replace',
  completeInsert: '--complete-insert',
  maxStatementBytes: '--statement-size',
} as const satisfies Partial<Record<keyof DumpOptions, string>>;

export function identify(options: DumpOptions, server: ServerInfo): JournalHead {
  const { product, versionText: version } = server;
  const names = Object.keys(SPELLED) as (keyof typeof SPELLED)[];
  return {
    server: { product, version, id: serverId(server) },
    options: givenOptions({ ...options, codec: codecName(options.codec) }, names),
    hashes: HASHES_VERSION,
  };
}

/** Of a program not its arguments, which may be secret. */
function codecName(codec: DumpOptions['codec']): string {
  return typeof codec === 'string' ? codec : `a program, ${codec.extension}`;
}

/** MariaDB has no id that stays with its data: there it is where the server is. */
function serverId({ variables }: ServerInfo): string {
  const valueOf = (name: string): string => variables.get(name) ?? '';
  return valueOf('server_uuid') || `${valueOf('hostname')}:${valueOf('port')} ${valueOf('datadir')}`;
}

/** @throws ToolError RESUME_REFUSED, with what is not the same. */
export function refuseOther(directory: string, then: JournalHead, now: JournalHead): void {
  const what = `the interrupted dump in ${directory}`;
  if (then.server.id !== now.server.id || then.server.product !== now.server.product) {
    throw new ToolError(
      'RESUME_REFUSED',
      `${what} is of another server: ${then.server.product} ${then.server.id}, this one is ${now.server.product} ${now.server.id}; nothing was changed`,
      { hint: 'connect to that server, or begin anew: --clear' },
    );
  }
  if (then.server.version !== now.server.version) {
    throw new ToolError(
      'RESUME_REFUSED',
      `the server was ${then.server.version} when ${what} was begun, and is ${now.server.version} now; nothing was changed`,
      { hint: 'begin anew: --clear' },
    );
  }
  const differing = differingOptions(then.options, now.options, SPELLED);
  if (then.hashes !== now.hashes) differing.push(`hashes of version ${then.hashes} then, ${now.hashes} now`);
  if (differing.length === 0) return;
  throw new ToolError('RESUME_REFUSED', `${what} had other options: ${differing.join('; ')}; nothing was changed`, {
    hint: 'give it the options that it was begun with, and --resume; or begin anew: --clear',
  });
}
