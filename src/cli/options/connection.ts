/** The options that say how to reach the server: their help, and their values with the environment → ConnectionOptions. */

import type { Command } from 'commander';

import type { ConnectionOptions, TlsOptions } from '../../mysql/options.ts';
import { option } from '../command.ts';
import type { Surroundings } from '../command.ts';
import { nonEmpty, oneOf, usageError, wholeNumber } from '../values.ts';

const TLS_MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
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
  readonly compressProtocol?: true;
  readonly ssl?: true;
  readonly sslMode?: TlsMode;
  readonly ca?: string;
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
    .addOption(option('-C, --compress-protocol', 'compress what travels, for slow links'))
    .addOption(option('--ssl', 'encrypt; the same as --ssl-mode=REQUIRED'))
    .addOption(option('--ssl-mode <mode>', TLS_MODES.join(', '), oneOf('--ssl-mode', TLS_MODES)))
    .addOption(option('--ca <file>', 'certificate authorities to trust (PEM)', nonEmpty('--ca', 'a file')))
    .addOption(option('--cert <file>', 'our certificate (PEM)', nonEmpty('--cert', 'a file')))
    .addOption(option('--key <file>', 'the key of our certificate (PEM)', nonEmpty('--key', 'a file')));
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

/** Options win over the environment, the environment over the defaults. @throws ToolError USAGE. */
export function connectionFrom(values: ConnectionValues, { environment, loginName }: Surroundings): ConnectionRequest {
  const askPassword = values.askPassword === true || values.password === true;
  if (values.askPassword === true && typeof values.password === 'string') {
    throw usageError('--ask-password and a --password were both given: which one?');
  }
  // As in the servers' own client library: the environment's socket is for those who name no host.
  const host = values.host ?? fromEnvironment(environment, 'MYSQL_HOST');
  const socketPath =
    values.socket ?? (host === undefined ? fromEnvironment(environment, 'MYSQL_UNIX_PORT') : undefined);
  const portText = fromEnvironment(environment, 'MYSQL_TCP_PORT');
  const connection = {
    host: host ?? '127.0.0.1',
    port: values.port ?? (portText === undefined ? 3306 : port('MYSQL_TCP_PORT (environment)')(portText)),
    socketPath,
    user: values.user ?? loginName(),
    password: askPassword ? undefined : (passwordText(values) ?? environment['MYSQL_PWD']),
    tls: tlsFrom(values),
    compress: values.compressProtocol === true,
  };
  return { connection, askPassword };
}

function passwordText({ password }: ConnectionValues): string | undefined {
  return password === true ? undefined : password;
}

/** Set but empty counts as not set, as shells and container files leave them. */
function fromEnvironment(environment: Surroundings['environment'], name: string): string | undefined {
  return environment[name] === '' ? undefined : environment[name];
}

function tlsFrom(values: ConnectionValues): TlsOptions | undefined {
  const named = (['ca', 'cert', 'key'] as const).filter((each) => values[each] !== undefined);
  const mode = values.sslMode ?? (values.ssl === true || named.length > 0 ? 'REQUIRED' : 'DISABLED');
  if (mode === 'DISABLED') {
    if (named.length > 0) throw usageError(`--ssl-mode=DISABLED leaves no use for --${named[0]}`);
    return undefined;
  }
  if ((values.cert === undefined) !== (values.key === undefined)) throw usageError('--cert and --key go together');
  return {
    isOptional: mode === 'PREFERRED',
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ca: values.ca,
    cert: values.cert,
    key: values.key,
  };
}
