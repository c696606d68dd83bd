/** The options that say how to reach the server: their help, and their values → ConnectionOptions. */

import type { Command } from 'commander';

import type { ConnectionOptions, SessionVariable, TlsOptions, TlsVersion } from '../../mysql/options.ts';
import { option, serverUrl } from '../command.ts';
import type { Surroundings } from '../command.ts';
import { nameList, nonEmpty, once, oneOf, usageError, wholeNumber } from '../values.ts';
import { words } from '../words.ts';

const TLS_MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const satisfies TlsVersion[];
type TlsMode = (typeof TLS_MODES)[number];

/** As commander gathers them. */
export interface ConnectionValues {
  readonly host?: string;
  readonly port?: number;
  readonly socket?: string;
  readonly user?: string;
  /** True: given without a value. */
  readonly password?: string | true;
  readonly askPassword?: true;
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
  readonly protocol?: 'tcp' | 'socket';
  readonly compressProtocol?: true;
  readonly ssl?: true;
  readonly sslMode?: TlsMode;
  readonly ca?: string;
  readonly capath?: string;
  readonly tlsVersion?: readonly TlsVersion[];
  readonly cipher?: string;
  readonly cert?: string;
  readonly key?: string;
}

const port = (name: string): ((text: string) => number) => wholeNumber(name, { min: 1, max: 65_535 });

export function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Connection:')
    .addOption(option('-h, --host <name>', 'server (default: 127.0.0.1)', nonEmpty('--host', 'a host name')))
    .addOption(option('-P, --port <n>', 'TCP port (default: 3306)', port('--port')))
    .addOption(option('-S, --socket <path>', 'Unix socket, instead of host and port', nonEmpty('--socket', 'a path')))
    .addOption(option('-u, --user <name>', 'account (default: your login name)', nonEmpty('--user', 'a name')))
    .addOption(option('-p, --password [password]', 'password; without a value: ask for it', onePassword))
    .addOption(option('-a, --ask-password', 'ask for the password on the terminal'))
    .addOption(
      option(
        '--password-file <file>',
        'the password is the first line of this file',
        nonEmpty('--password-file', 'a file'),
      ),
    )
    .addOption(
      option(
        '--password-command <command>',
        'the password is the first line that this prints; no shell: words and quotes only',
        nonEmpty('--password-command', 'a command'),
      ),
    )
    .addOption(
      option(
        '--login-path <name>',
        'a group of .mylogin.cnf, see mysql_config_editor',
        nonEmpty('--login-path', 'a name'),
      ),
    )
    .addOption(option('--url <url>', 'mysql://user@host:port/database; may stand alone, too', once('--url', serverUrl)))
    .addOption(
      option(
        '--protocol <name>',
        'tcp or socket (default: socket where one is named)',
        oneOf('--protocol', ['tcp', 'socket']),
      ),
    )
    .addOption(option('-C, --compress-protocol', 'compress what travels, for slow links'))
    .addOption(option('--ssl', 'encrypt; the same as --ssl-mode=REQUIRED'))
    .addOption(option('--ssl-mode <mode>', TLS_MODES.join(', '), oneOf('--ssl-mode', TLS_MODES)))
    .addOption(option('--ca <file>', 'certificate authorities to trust (PEM)', nonEmpty('--ca', 'a file')))
    .addOption(option('--capath <dir>', 'a directory of such files', nonEmpty('--capath', 'a directory')))
    .addOption(
      option('--tls-version <versions>', 'TLSv1.2, TLSv1.3, or both with a comma (default: either)', tlsVersions),
    )
    .addOption(option('--cipher <list>', "OpenSSL's names, between colons", nonEmpty('--cipher', 'a list')))
    .addOption(option('--cert <file>', 'our certificate (PEM)', nonEmpty('--cert', 'a file')))
    .addOption(option('--key <file>', 'the key of our certificate (PEM)', nonEmpty('--key', 'a file')));
}

function tlsVersions(text: string): readonly TlsVersion[] {
  const one = oneOf('--tls-version', TLS_VERSIONS);
  return nameList('--tls-version')(text).map(one);
}

/** A second one would be left standing in the process list, where only the one in use is blanked. */
function onePassword(text: string, previous: string | true | undefined): string {
  if (previous !== undefined) throw usageError('--password was given more than once');
  return text;
}

export interface ConnectionRequest {
  readonly connection: ConnectionOptions;
  readonly askPassword: boolean;
}

/** @throws ToolError USAGE. */
export function connectionFrom(
  values: ConnectionValues,
  sessionVariables: readonly SessionVariable[],
  surroundings: Surroundings,
): ConnectionRequest {
  const ways = [
    ...(values.askPassword === true || values.password === true ? ['--ask-password'] : []),
    ...(typeof values.password === 'string' ? ['a --password'] : []),
    ...(values.passwordFile === undefined ? [] : ['--password-file']),
    ...(values.passwordCommand === undefined ? [] : ['--password-command']),
  ];
  if (ways.length > 1) throw usageError(`${ways.slice(0, 2).join(' and ')} were both given: which one?`);
  if (values.protocol === 'socket' && values.socket === undefined) {
    throw usageError('--protocol=socket needs a --socket');
  }
  const connection = {
    host: values.host ?? '127.0.0.1',
    port: values.port ?? 3306,
    socketPath: values.protocol === 'tcp' ? undefined : values.socket,
    user: values.user ?? surroundings.loginName(),
    password: passwordFrom(values, surroundings),
    tls: tlsFrom(values),
    compress: values.compressProtocol === true,
    ...(sessionVariables.length === 0 ? {} : { sessionVariables }),
  };
  return { connection, askPassword: ways[0] === '--ask-password' };
}

function passwordFrom(values: ConnectionValues, { readFile, outputOf }: Surroundings): string | undefined {
  const { password, passwordFile, passwordCommand } = values;
  if (passwordFile !== undefined) return firstLine(readFile(passwordFile));
  if (passwordCommand !== undefined) {
    const [command = '', ...args] = words(passwordCommand);
    return firstLine(outputOf(command, args));
  }
  return password === true ? undefined : password;
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

function tlsFrom(values: ConnectionValues): TlsOptions | undefined {
  const named = (['ca', 'capath', 'tlsVersion', 'cipher', 'cert', 'key'] as const).filter(
    (each) => values[each] !== undefined,
  );
  const mode = values.sslMode ?? (values.ssl === true || named.length > 0 ? 'REQUIRED' : 'DISABLED');
  if (mode === 'DISABLED') {
    if (named.length > 0)
      throw usageError(
        `--ssl-mode=DISABLED leaves no use for --${named[0] === 'tlsVersion' ? 'tls-version' : named[0]}`,
      );
    return undefined;
  }
  if ((values.cert === undefined) !== (values.key === undefined)) throw usageError('--cert and --key go together');
  return {
    isOptional: mode === 'PREFERRED',
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ca: values.ca,
    caDirectory: values.capath,
    minVersion: values.tlsVersion?.toSorted()[0],
    maxVersion: values.tlsVersion?.toSorted().at(-1),
    ciphers: values.cipher,
    cert: values.cert,
    key: values.key,
  };
}
