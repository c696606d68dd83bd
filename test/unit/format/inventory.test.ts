import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listDump } from '../../../src/format/directory.ts';
import { longestStatementKey, readInventory } from '../../../src/format/inventory.ts';
import type { Inventory } from '../../../src/format/inventory.ts';
import { manifestChunks } from '../../../src/format/manifest.ts';

const HEAD = {
  tool: 'tsdump',
  startedAt: '2026-05-04T08:00:00.000Z',
  server: { product: 'MySQL', version: '9.7.4' },
  position: {},
  sqlMode: '',
};
const DATA = 'shop.orders.00000.sql';
const SCHEMA = 'shop.orders-schema.sql';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-inventory-'));
  const file = { name: DATA, storedBytes: 4, rows: 1, bytes: 4, longestStatementBytes: 3 };
  const chunks = manifestChunks(HEAD, [
    { database: 'Shop!', encoded: 'shop' },
    { file: SCHEMA, storedBytes: 6 },
    { table: 'orders', database: 'Shop!', encoded: 'orders', rows: 1, files: [file] },
  ]);
  put('tsdump-manifest.jsonl', Buffer.concat([...chunks]));
  put('metadata', '');
  put(SCHEMA, 'CREATE');
  put(DATA, 'ROWS');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function put(name: string, bytes: string | Buffer): void {
  writeFileSync(join(directory, name), bytes);
}

async function inventory(): Promise<Inventory | undefined> {
  return readInventory(await listDump(directory), () => undefined);
}

describe('the files of a dump', () => {
  it('agree with its manifest', async () => {
    put('notes.txt', 'kept by the operator');
    const found = await inventory();
    expect(found?.databases.get('shop')).toBe('Shop!');
    expect(found?.longestStatements).toEqual(new Map([[longestStatementKey('Shop!', 'orders'), 3]]));
  });

  it('cannot be checked without a manifest', async () => {
    unlinkSync(join(directory, 'tsdump-manifest.jsonl'));
    expect(await inventory()).toBeUndefined();
  });

  it('are incomplete when one is missing', async () => {
    unlinkSync(join(directory, DATA));
    await expect(inventory()).rejects.toMatchObject({
      code: 'DUMP_INCOMPLETE',
      message: `${directory} lacks 1 file of its dump: ${DATA}`,
    });
  });

  it('are damaged when one has another size', async () => {
    put(DATA, '');
    await expect(inventory()).rejects.toMatchObject({
      code: 'DUMP_DAMAGED',
      message: `${directory} holds 1 file changed since the dump: ${DATA} (0 bytes instead of 4)`,
    });
  });

  it('are damaged when there are more to load', async () => {
    for (const part of [1, 2, 3, 4]) put(`shop.orders.0000${part}.sql`, 'ROWS');
    await expect(inventory()).rejects.toThrow(
      'that its dump did not write: shop.orders.00001.sql, shop.orders.00002.sql, shop.orders.00003.sql and 1 more',
    );
  });

  it('are damaged when there are users that it did not have', async () => {
    put('tsdump-users', 'GRANT');
    await expect(inventory()).rejects.toThrow('that its dump did not write: tsdump-users');
  });
});
