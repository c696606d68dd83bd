/** What a ledger says of its load: enough for a further run to know whether it is the same load, and how far it came. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { givenOptions } from '../../base/given-options.ts';
import type { GivenOptions } from '../../base/given-options.ts';
import { METADATA_NAME } from '../../format/names.ts';
import type { LoadOptions } from '../options.ts';

/** What is behind a load, in this order. */
export const LEDGER_PHASES = ['begun', 'room-made', 'rows-loaded', 'constraints-added', 'code-created'] as const;
export type LedgerPhase = (typeof LEDGER_PHASES)[number];

export interface LoadIdentity {
  /** SHA-256 of the dump's metadata file, in hexadecimal. */
  readonly dump: string;
  /** Of the options that decide what is loaded, and into what. */
  readonly options: GivenOptions;
  readonly threads: number;
}

export interface LedgerHeader extends LoadIdentity {
  /** Made for this load; its locks are called by it. */
  readonly id: string;
  readonly phase: LedgerPhase;
  /** ISO 8601, in UTC. */
  readonly begunAt: string;
}

/** What decides which tables a load is about. */
export const SELECTING = [
  'sourceDatabase',
  'targetDatabase',
  'tables',
  'regex',
  'omit',
  'tableRules',
  'without',
] as const satisfies (keyof LoadOptions)[];

/** Of how threads, transactions and keys are dealt with nothing depends: a further run may do it otherwise. */
const MATTER = [
  ...SELECTING,
  'dropTable',
  'withSchemas',
  'withData',
  'withUsers',
  'definer',
] as const satisfies (keyof LoadOptions)[];

export async function identify(options: LoadOptions): Promise<LoadIdentity> {
  const metadata = await readFile(join(options.directory, METADATA_NAME));
  return {
    dump: createHash('sha256').update(metadata).digest('hex'),
    options: givenOptions(options, MATTER),
    threads: options.threads,
  };
}

export function newHeader(identity: LoadIdentity): LedgerHeader {
  const id = randomBytes(8).toString('hex');
  return { ...identity, id, phase: 'begun', begunAt: new Date().toISOString() };
}

export function encodeHeader(header: LedgerHeader): Buffer {
  return Buffer.from(JSON.stringify(header));
}

/** Undefined: written by nobody, or by a later version that says other things. */
export function decodeHeader(note: Buffer | undefined): LedgerHeader | undefined {
  if (note === undefined) return undefined;
  try {
    const header = JSON.parse(note.toString()) as LedgerHeader;
    return LEDGER_PHASES.includes(header.phase) && /^[0-9a-f]{16}$/.test(header.id) ? header : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
