/** A private certificate authority: certificates by Node's own keys, in as much of X.509's DER as TLS asks for. */

import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

export interface CertificateRequest {
  /** The common name. */
  readonly name: string;
  /** That the certificate is for. */
  readonly hosts?: readonly string[];
  /** Of IPv4. */
  readonly addresses?: readonly string[];
  readonly isExpired?: boolean;
}

const DAY_MS = 86_400_000;

export class Authority {
  /** PEM. */
  readonly certificate: string;
  private readonly name: string;
  private readonly key: KeyObject;
  private issued = 1;

  constructor(name: string) {
    const { privateKey, publicKey } = newKeys();
    this.name = name;
    this.key = privateKey;
    this.certificate = this.signed(name, publicKey, [-DAY_MS, DAY_MS], [CERTIFICATE_AUTHORITY]);
  }

  issue({ name, hosts = [], addresses = [], isExpired = false }: CertificateRequest): Certificate {
    const { privateKey, publicKey } = newKeys();
    const names = [
      ...hosts.map((host) => der(0x82, Buffer.from(host))),
      ...addresses.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
    ];
    const extensions = names.length === 0 ? [] : [sequence(ALTERNATIVE_NAME, der(OCTETS, sequence(...names)))];
    const certificate = this.signed(
      name,
      publicKey,
      isExpired ? [-2 * DAY_MS, -DAY_MS] : [-DAY_MS, DAY_MS],
      extensions,
    );
    return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
  }

  private signed(
    name: string,
    publicKey: KeyObject,
    [fromMs, toMs]: readonly [number, number],
    extensions: readonly Buffer[],
  ): string {
    this.issued += 1;
    const content = sequence(
      der(0xa0, der(INTEGER, Buffer.of(2))), // version 3
      der(INTEGER, Buffer.of(this.issued)),
      ECDSA_WITH_SHA256,
      distinguished(this.name),
      sequence(time(fromMs), time(toMs)),
      distinguished(name),
      publicKey.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
    );
    const signature = der(0x03, Buffer.of(0), sign('sha256', content, this.key));
    const text = sequence(content, ECDSA_WITH_SHA256, signature).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
  }
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const INTEGER = 0x02;
const OCTETS = 0x04;

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const ALTERNATIVE_NAME = oid('551d11');
const TRUE = der(0x01, Buffer.of(0xff));
const CERTIFICATE_AUTHORITY = sequence(oid('551d13'), TRUE, der(OCTETS, sequence(TRUE)));

const distinguished = (name: string): Buffer =>
  sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));

/** "YYMMDDhhmmssZ", so far from now. */
function time(fromNowMs: number): Buffer {
  const digits = new Date(Date.now() + fromNowMs).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}
