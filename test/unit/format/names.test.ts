import { describe, expect, it } from 'vitest';
import { EncodedNames, accountsFileName, databaseNameIn, fileName, parseFileName } from '../../../src/format/names.ts';
import type { DumpFile } from '../../../src/format/names.ts';

const shop = { database: 'shop' } as const;
const orders = { database: 'shop', table: 'orders' } as const;
const data = { kind: 'data', ...orders, part: 0, subPart: 0, form: 'sql', codec: 'none' } as const;

const NAMES: readonly (readonly [string, DumpFile])[] = [
  ['shop-schema-create.sql', { kind: 'database-schema', ...shop, codec: 'none' }],
  ['shop-schema-triggers.sql.zst', { kind: 'database-triggers', ...shop, codec: 'zstd' }],
  ['shop-schema-post.sql.gz', { kind: 'database-code', ...shop, codec: 'gzip' }],
  ['shop.orders-schema.sql', { kind: 'table-schema', ...orders, codec: 'none' }],
  ['shop.orders-schema-view.sql', { kind: 'view-schema', ...orders, codec: 'none' }],
  ['shop.orders-schema-sequence.sql', { kind: 'sequence-schema', ...orders, codec: 'none' }],
  ['shop.orders-schema-triggers.sql', { kind: 'table-triggers', ...orders, codec: 'none' }],
  ['shop.orders.00000.sql', data],
  ['shop.orders.00012.00001.sql.zst', { ...data, part: 12, subPart: 1, codec: 'zstd' }],
  ['shop.orders.1234567.dat.gz', { ...data, part: 1_234_567, form: 'dat', codec: 'gzip' }],
  ['mydumper_3.mydumper_4.00000.sql', { ...data, database: 'mydumper_3', table: 'mydumper_4' }],
  ['my shop.a-b c.00000.sql', { ...data, database: 'my shop', table: 'a-b c' }],
];

describe('a file name', () => {
  it.each(NAMES)('%s means what it is made of', (name, meaning) => {
    expect(parseFileName(name)).toEqual(meaning);
    expect(fileName(meaning)).toBe(name);
  });

  it('of other versions and tools is understood', () => {
    expect(parseFileName('shop.orders.sql')).toEqual(data);
    expect(parseFileName('shop.x-schema.00001.sql')).toEqual({ ...data, table: 'x-schema', part: 1 });
    expect(parseFileName('shop.we``ird ]x\u{1000}0n.00000.sql')).toMatchObject({
      kind: 'data',
      table: 'we``ird ]x\u{1000}0n',
    });
    expect(parseFileName('metadata')).toEqual({ kind: 'metadata' });
    expect(parseFileName('tsdump-manifest.jsonl')).toEqual({ kind: 'manifest' });
    expect(parseFileName(accountsFileName('zstd'))).toEqual({ kind: 'accounts', codec: 'zstd' });
    expect(parseFileName('metadata.partial')).toEqual({ kind: 'partial' });
    for (const name of [
      'resume',
      'not_updated_tables',
      'all-schema-create-tablespace.sql',
      'a.b-metadata',
      'a.b-checksum',
    ]) {
      expect(parseFileName(name), name).toEqual({ kind: 'note' });
    }
  });

  it.each([
    '',
    '.',
    '..',
    '.hidden.sql',
    '../shop.orders.00000.sql',
    'shop/orders.00000.sql',
    'shop\0.orders.00000.sql',
    'a\\b.c.00000.sql',
    'shop..00000.sql',
    'shop.orders.x.sql',
    'shop.orders.1.2.3.sql',
    'readme.txt',
    'shop.sql',
    'shop.orders.00000.sql.lz4',
    '-schema.sql',
    '-schema-create.sql',
    'a.b.c-schema.sql',
  ])('%j is none of ours', (name) => {
    expect(parseFileName(name)).toEqual({ kind: 'unknown' });
  });

  it('that leaves the directory is never made', () => {
    for (const database of ['../x', '.', 'a/b', 'a\0']) {
      expect(() => fileName({ kind: 'database-schema', database, codec: 'none' })).toThrow(/no name/);
    }
  });
});

describe('an encoded name', () => {
  it('is the name itself when it is plain', () => {
    const names = new EncodedNames();
    expect(names.database('shop')).toBe('shop');
    expect(names.table('shop', 'order lines-2024')).toBe('order lines-2024');
    expect(names.table('shop', 'shop')).toBe('shop');
  });

  it.each([
    'a.b',
    'ünï',
    'we`ird',
    'a/b',
    '..',
    '-rf',
    ' x',
    'mydumper_0',
    'MYDUMPER_x',
    'x-schema',
    'metadata',
    'a\n',
    'a$',
  ])('is a number for %j', (name) => {
    expect(new EncodedNames().database(name)).toBe('mydumper_0');
  });

  it('is its own for every odd name, and stays', () => {
    const names = new EncodedNames();
    expect(names.database('a.b')).toBe('mydumper_0');
    expect(names.table('a.b', 'a.b')).toBe('mydumper_1');
    expect(names.table('shop', 'a.b')).toBe('mydumper_2');
    expect(names.table('a.b', 'a.b')).toBe('mydumper_1');
  });

  it('keeps names apart that differ only in case', () => {
    const names = new EncodedNames();
    expect(names.table('shop', 'Orders')).toBe('Orders');
    expect(names.table('shop', 'orders')).toBe('mydumper_0');
    expect(names.table('Shop', 'orders')).toBe('orders');
  });
});

describe('the real name of a database', () => {
  it.each([
    ['CREATE DATABASE /*!32312 IF NOT EXISTS*/ `fmt.odd` /*!40100 DEFAULT CHARACTER SET utf8mb4 */', 'fmt.odd'],
    ['CREATE DATABASE IF NOT EXISTS `a``b"c`', 'a`b"c'],
    ['CREATE DATABASE "x""y`z"', 'x"y`z'],
    ['create schema `neu\nzeile`', 'neu\nzeile'],
  ])('stands in %j', (statement, name) => {
    expect(databaseNameIn(statement)).toBe(name);
  });

  it('does not stand in other statements', () => {
    expect(databaseNameIn("/*!40101 SET SQL_MODE='`x`'*/")).toBeUndefined();
  });
});
