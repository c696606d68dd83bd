import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

import type driver from 'mysql2';
import type { Connection, ConnectionOptions as DriverOptions } from 'mysql2';

import { ToolError } from '../base/errors.ts';
import { SocketSource, StreamSource } from './byte-source.ts';
import { CompressedStream } from './compressed-stream.ts';
import type { ConnectionOptions, TlsOptions } from './options.ts';
import { Session } from './session.ts';

/** A server that has not answered in this time is not going to; DNS and TLS included. */
const CONNECT_TIMEOUT_MS = 30_000;
/**
 * So long nothing may pass before the other side is asked whether it is there; left to itself, Linux waits for two hours. Shorter
 * than what firewalls and balancers give a silent connection (AWS 350 s, Azure 240 s).
 */
const KEEP_ALIVE_MS = 120_000;

/** "user@host:port" or "user@socket", for messages. */
export function describeTarget(options: ConnectionOptions): string {
  return `${options.user}@${options.socketPath ?? `${options.host}:${options.port}`}`;
}

/**
 * Opens and authenticates a connection with mysql2 (TCP, Unix socket or TLS), then takes its stream over: from here on
 * the session speaks the protocol itself.
 *
 * @throws ToolError CONNECT, AUTHENTICATION or PRIVILEGE.
 */
export async function connect(options: ConnectionOptions, signal?: AbortSignal): Promise<Session> {
  signal?.throwIfAborted();
  const isPlain = options.tls === undefined && options.compress !== true;
  const socket = isPlain ? new SocketSource() : undefined;
  const mysql = await loadDriver();
  const driver = mysql.createConnection(driverOptions(options, socket));
  try {
    await opened(driver, signal);
  } catch (error) {
    driver.destroy();
    if (signal?.aborted === true) throw signal.reason;
    if (options.tls?.isOptional === true && codeOf(error) === 'HANDSHAKE_NO_SSL_SUPPORT') {
      return connect({ ...options, tls: undefined }, signal);
    }
    throw connectFailure(options, error);
  }
  const session = takeOver(driver, socket, options);
  await setVariables(session, options);
  return session;
}

async function setVariables(session: Session, { sessionVariables = [] }: ConnectionOptions): Promise<void> {
  for (const { name, value, fromVersion, origin } of sessionVariables) {
    const sql = `SET SESSION ${name} = ${value}`;
    try {
      await session.execute(fromVersion === undefined ? sql : `/*!${fromVersion} ${sql} */`);
    } catch (error) {
      await session.close();
      throw new ToolError('USAGE', `${origin}: the server does not take ${name} = ${value}`, { cause: error });
    }
  }
}

/** Takes 50 ms: it is done with the first connection, when workers have been started, or ahead of it. */
export async function loadDriver(): Promise<typeof driver> {
  return (await import('mysql2')).default;
}

async function opened(driver: Connection, signal: AbortSignal | undefined): Promise<void> {
  let onAbort: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort);
      driver.once('error', reject);
      driver.connect((error) => (error === null ? resolve() : reject(error)));
    });
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}

/** A plain connection reads into `socket`'s buffers; TLS and compression have their own way of reading. */
function driverOptions(options: ConnectionOptions, socket: SocketSource | undefined): DriverOptions {
  return {
    host: options.host,
    port: options.port,
    user: options.user,
    password: options.password ?? '',
    charset: 'utf8mb4_general_ci',
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Without query attributes a COM_QUERY is its text alone; without multi-statements no value can end a statement.
    flags: ['-CLIENT_QUERY_ATTRIBUTES', '-MULTI_STATEMENTS', 'LOCAL_FILES'],
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    ...(options.compress === true ? { compress: true } : {}),
    stream: () => openSocket(options, socket),
    ...(options.tls === undefined ? {} : { ssl: driverTls(options.tls) }),
  };
}

type DriverTls = Exclude<DriverOptions['ssl'], string | undefined>;

function driverTls(tls: TlsOptions): DriverTls {
  const { rejectUnauthorized, verifyIdentity, ca, caDirectory, cert, key, ciphers, minVersion, maxVersion } = tls;
  const authorities = [
    ...(ca === undefined ? [] : [readTlsFile('--ca', ca)]),
    ...(caDirectory === undefined ? [] : authoritiesIn(caDirectory)),
  ];
  return {
    rejectUnauthorized,
    verifyIdentity,
    // One text: the driver's typings know no list, and PEM files may follow each other.
    ...(authorities.length === 0 ? {} : { ca: authorities.join('\n') }),
    ...(cert === undefined ? {} : { cert: readTlsFile('--cert', cert) }),
    ...(key === undefined ? {} : { key: readTlsFile('--key', key) }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
}

/** Whatever their names; the links by hash that `openssl rehash` makes name files that may be there too. @throws ToolError USAGE. */
function authoritiesIn(directory: string): Buffer[] {
  try {
    const names = readdirSync(directory).map((name) => join(directory, name));
    const paths = new Set(names.filter((name) => existsSync(name)).map((name) => realpathSync(name)));
    const texts = [...paths].filter((path) => statSync(path).isFile()).map((path) => readFileSync(path));
    const found = texts.filter((text) => text.includes('-----BEGIN CERTIFICATE-----'));
    if (found.length > 0) return found;
  } catch (cause) {
    throw new ToolError('USAGE', `cannot read the directory of --capath: ${directory}`, { cause });
  }
  throw new ToolError('USAGE', `--capath: no file in ${directory} holds a certificate`);
}

/** With a `source` what comes is read into its buffers. */
function openSocket({ host, port, socketPath }: ConnectionOptions, source: SocketSource | undefined): Socket {
  const reading = source === undefined ? {} : { onread: source.onread };
  const kept = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const socket = createConnection(
    socketPath === undefined ? { host, port, ...kept, ...reading } : { path: socketPath, ...reading },
  );
  // mysql2 names no server to TLS where the host is an address. Node then holds the certificate against this name, which it sets
  // itself when it has looked a name up; without one against "localhost", whatever the address is (tried with 20.20).
  Object.assign(socket, { _host: host });
  source?.of(socket);
  return socket;
}

function readTlsFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ToolError('USAGE', `cannot read the file of ${option}: ${path}`, { cause: error });
  }
}

/**
 * mysql2's typings hide the stream, which is why the parts we rely on are spelt out here. Tried with 3.24; the session
 * tests fail at once should a later version rearrange them.
 */
interface DriverInternals {
  readonly stream: Duplex;
  readonly threadId: number;
  /** What was agreed on. */
  readonly config: { readonly compress: unknown };
}

function takeOver(driver: Connection, socket: SocketSource | undefined, options: ConnectionOptions): Session {
  const { stream, threadId, config } = driver as unknown as DriverInternals;
  stream.removeAllListeners('data');
  // The driver still hears of a lost connection; the session is the one that reports it.
  driver.on('error', () => undefined);
  socket?.attach();
  if (socket !== undefined) return new Session(stream, socket, threadId);
  if (options.compress !== true) return new Session(stream, new StreamSource(stream), threadId);
  if (!config.compress) throw notCompressed(driver, options);
  const packets = new CompressedStream(stream);
  return new Session(packets, new StreamSource(packets), threadId);
}

function notCompressed(driver: Connection, options: ConnectionOptions): ToolError {
  driver.destroy();
  return new ToolError('CONNECT', `${describeTarget(options)} does not compress what it sends`, {
    hint: 'see protocol_compression_algorithms on the server, or leave --compress-protocol out',
  });
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** By error number: accounts that exist, with the right password, and what has to be done on the server. */
const UNUSABLE: ReadonlyMap<number, string> = new Map([
  [1862, 'its password has expired: ALTER USER … IDENTIFIED BY, with a client that can'], // ER_MUST_CHANGE_PASSWORD_LOGIN
  [3118, 'ALTER USER … ACCOUNT UNLOCK'], // MySQL: ER_ACCOUNT_HAS_BEEN_LOCKED
  [4151, 'ALTER USER … ACCOUNT UNLOCK'], // MariaDB: the same
]);

function errnoOf(thrown: unknown): number {
  return thrown instanceof Error && 'errno' in thrown && typeof thrown.errno === 'number' ? thrown.errno : 0;
}

/** The server says the same of a wrong password and of a connection that is not encrypted as the account demands. */
function deniedHint({ tls, socketPath }: ConnectionOptions): string {
  const check = 'check --user and --password (or --ask-password)';
  if (tls === undefined && socketPath === undefined)
    return `${check}; an account with REQUIRE SSL wants --ssl-mode=REQUIRED`;
  return tls?.cert === undefined ? `${check}; an account with REQUIRE X509 wants --cert and --key` : check;
}

/** By the words of OpenSSL and of Node. */
function tlsHint(thrown: unknown): string {
  const words = thrown instanceof Error ? thrown.message : '';
  if (/self.signed|unable to (?:get|verify)/.test(words)) {
    return 'name the authority that has signed the certificate of the server with --ca or --capath; --ssl-mode=REQUIRED encrypts and verifies nothing';
  }
  if (/altnames/.test(words))
    return 'give --host the name that the certificate is for; --ssl-mode=VERIFY_CA does not ask for it';
  return "see --ssl-mode, --tls-version and --cipher, and the server's certificate";
}

function connectFailure(options: ConnectionOptions, thrown: unknown): ToolError {
  if (thrown instanceof ToolError) return thrown;
  const target = describeTarget(options);
  const hint = UNUSABLE.get(errnoOf(thrown));
  if (hint !== undefined) {
    return new ToolError('AUTHENTICATION', `the account of ${target} cannot be used`, { cause: thrown, hint });
  }
  switch (codeOf(thrown)) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return new ToolError('AUTHENTICATION', `the server did not accept the account or password of ${target}`, {
        cause: thrown,
        hint: deniedHint(options),
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ToolError('CONNECT', `unknown host: ${options.host}`, { cause: thrown });
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
    case 'ER_USER_LIMIT_REACHED':
      return new ToolError('CONNECT', `${target} has no free connection`, {
        cause: thrown,
        hint: 'lower --threads, or raise max_connections on the server or what the account may have of them',
      });
    case 'HANDSHAKE_SSL_ERROR':
    case 'ERR_SSL_NO_CIPHER_MATCH':
      return new ToolError('CONNECT', `no TLS with ${target}`, {
        cause: thrown,
        hint: tlsHint(thrown),
      });
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return new ToolError('CONNECT', `${target} offers no TLS`, { cause: thrown, hint: 'see --ssl-mode' });
    default:
      return new ToolError('CONNECT', `cannot connect to ${target}`, { cause: thrown });
  }
}
