/** What the manifest says, and the same changed by somebody who takes care that its hash still fits. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { decodedChunks } from '../../src/format/codec.ts';
import { readManifest } from '../../src/format/manifest.ts';
import type { ManifestHead, ManifestTable } from '../../src/format/manifest.ts';
import { storedHashOf } from '../../src/kernel/stored-hash.ts';

export const MANIFEST = 'tsdump-manifest.jsonl';

/** `change`: a line to another. */
export async function editManifest(directory: string, change: (line: string) => string): Promise<void> {
  const path = join(directory, MANIFEST);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n').map(change);
  const end = JSON.parse(lines.pop() ?? '') as object;
  const before = lines.map((line) => `${line}\n`).join('');
  const sha256 = createHash('sha256').update(before).digest('hex');
  await writeFile(path, `${before}${JSON.stringify({ ...end, sha256 })}\n`);
}

export interface ReadManifest {
  readonly head: ManifestHead;
  readonly tables: readonly ManifestTable[];
}

/** @throws what `readManifest` throws. */
export async function manifestOf(directory: string): Promise<ReadManifest> {
  const path = join(directory, MANIFEST);
  const { head, entries } = await readManifest(decodedChunks(path, 'none'), path);
  const tables: ManifestTable[] = [];
  for await (const entry of entries) if ('table' in entry) tables.push(entry);
  return { head, tables };
}

/** The manifest says of a file that was altered what it is now. */
export async function acceptAltered(directory: string, name: string): Promise<void> {
  const bytes = await readFile(join(directory, name));
  await editManifest(directory, (line) => {
    const at = line.indexOf(`"${name}","storedBytes":`);
    if (at < 0) return line;
    const now = `"storedBytes":${bytes.length},"xxh3":"${storedHashOf(bytes)}"`;
    return line.slice(0, at) + line.slice(at).replace(/"storedBytes":\d+,"xxh3":"\w+"/, now);
  });
}
