/** How to reach a server. Plain data: it crosses to worker threads as it is. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Unix socket path; wins over host and port. */
  readonly socketPath?: string | undefined;
  readonly user: string;
  readonly password?: string | undefined;
  /** undefined: no TLS. */
  readonly tls?: TlsOptions | undefined;
  /** Deflate what travels, for slow links. */
  readonly compress?: boolean | undefined;
  /** Set as soon as a connection is open, and so before whatever the programs set themselves. */
  readonly sessionVariables?: readonly SessionVariable[] | undefined;
}

export interface SessionVariable {
  readonly name: string;
  /** As it stands in SQL. */
  readonly value: string;
  /** As in version comments: servers before 4.1.14 pass over what is from 40114 on. Undefined: all servers set it. */
  readonly fromVersion?: string | undefined;
  /** For messages: file and line. */
  readonly origin: string;
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

export interface TlsOptions {
  /** Go on without TLS where the server offers none (PREFERRED). */
  readonly isOptional?: boolean | undefined;
  /** The certificate must be signed by a known authority (VERIFY_CA and VERIFY_IDENTITY). */
  readonly rejectUnauthorized: boolean;
  /** The certificate must name the host (VERIFY_IDENTITY). */
  readonly verifyIdentity: boolean;
  /** Paths of PEM files. */
  readonly ca?: string | undefined;
  /** A directory of authorities, a PEM file each; beside `ca`. */
  readonly caDirectory?: string | undefined;
  /** "TLSv1.2" and "TLSv1.3"; undefined: either. */
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** OpenSSL's names between colons. */
  readonly ciphers?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}
