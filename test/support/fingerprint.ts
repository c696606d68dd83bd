/**
 * The oracle: whether two databases hold the same. A server's URL and names of databases go in; one text per object
 * comes out (a definition as the server prints it, or a count and hash of rows), and two such maps can be compared.
 * Nothing here is shared with the tools that are judged, and nothing is sampled. What is forgiven stands, with its
 * reason, at the head of fingerprint/definitions.ts.
 */

import { codeDefinition, databaseDefinition, qualified, tableDefinition } from './fingerprint/definitions.ts';
import { listObjects } from './fingerprint/objects.ts';
import type { DatabaseObject } from './fingerprint/objects.ts';
import { tableContent, tableHistory } from './fingerprint/rows.ts';
import { quoteName, shareOut, withSessions } from './fingerprint/session.ts';
import type { Session } from './fingerprint/session.ts';

export { diffFingerprints } from './fingerprint/diff.ts';

/** From an object (``table `shop`.`orders` rows``, ``view `shop`.`best_sellers` ``) to a text that tells its state. */
export type Fingerprint = ReadonlyMap<string, string>;

const SESSIONS = 4;

/**
 * Reads the fingerprint of some databases of one server. The server must be at rest: no snapshot is taken.
 * Throws when a database is missing, when the account may not see a definition, and when the server warns.
 */
export async function fingerprint(
  url: string,
  options: { readonly databases: readonly string[] },
): Promise<Fingerprint> {
  return withSessions(url, SESSIONS, async (sessions) => {
    const found = new Map<string, string>();
    const objects: DatabaseObject[] = [];
    await shareOut(sessions, options.databases, async (session, database) => {
      found.set(`database ${quoteName(database)}`, await databaseDefinition(session, database));
      objects.push(...(await listObjects(session, database)));
    });
    await shareOut(sessions, objects, async (session, object) => {
      for (const [key, text] of await readObject(session, object)) found.set(key, text);
    });
    return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

async function readObject(session: Session, object: DatabaseObject): Promise<[string, string][]> {
  const key = `${object.kind} ${qualified(object)}`;
  if (object.kind !== 'table') return [[key, await codeDefinition(session, object)]];
  return [
    [`${key} definition`, await tableDefinition(session, object)],
    [`${key} rows`, await tableContent(session, object)],
    ...(object.history === undefined
      ? []
      : [[`${key} history`, await tableHistory(session, object, object.history)] satisfies [string, string]]),
  ];
}
