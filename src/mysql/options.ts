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
}

export interface TlsOptions {
  /** Go on without TLS where the server offers none (PREFERRED). */
  readonly isOptional?: boolean | undefined;
  /** The certificate must be signed by a known authority (VERIFY_CA and VERIFY_IDENTITY). */
  readonly rejectUnauthorized: boolean;
  /** The certificate must name the host (VERIFY_IDENTITY). */
  readonly verifyIdentity: boolean;
  /** Paths of PEM files. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}
