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
}

export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}
