import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { decodedChunks } from '../format/codec.ts';
import type { DumpListing } from '../format/directory.ts';
import { readManifest } from '../format/manifest.ts';
import { MANIFEST_NAME, parseFileName } from '../format/names.ts';

/**
 * Holds what lies in the directory against what the manifest says was written. Returns the databases' real names by the
 * encoded ones.
 *
 * @throws ToolError DUMP_INCOMPLETE for a file that is missing, DUMP_DAMAGED for one of another size and for one that
 * the manifest does not know and a load would take for its own.
 */
export async function checkAgainstManifest(listing: DumpListing): Promise<Map<string, string>> {
  const path = join(listing.directory, MANIFEST_NAME);
  const { entries } = await readManifest(decodedChunks(path, 'none'), path);
  const databases = new Map<string, string>();
  const known = new Set<string>();
  const check = (name: string, storedBytes: number): void => {
    known.add(name);
    const found = listing.files.get(name);
    if (found === undefined) throw new ToolError('DUMP_INCOMPLETE', `${join(listing.directory, name)} is missing`);
    if (found === storedBytes) return;
    throw new ToolError(
      'DUMP_DAMAGED',
      `${join(listing.directory, name)} has ${found} bytes; ${storedBytes} were written`,
    );
  };
  for await (const entry of entries) {
    if ('table' in entry) for (const { name, storedBytes } of entry.files) check(name, storedBytes);
    else if ('file' in entry) check(entry.file, entry.storedBytes);
    else databases.set(entry.encoded, entry.database);
  }
  for (const name of listing.files.keys()) {
    if (known.has(name) || !('codec' in parseFileName(name))) continue;
    throw new ToolError('DUMP_DAMAGED', `${join(listing.directory, name)} does not belong to this dump`, {
      hint: 'its manifest does not list it: was it copied here from another dump?',
    });
  }
  return databases;
}
