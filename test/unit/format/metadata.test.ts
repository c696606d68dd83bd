import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metadataChunks } from '../../../src/format/metadata.ts';
import type { MetadataTable, MetadataText } from '../../../src/format/metadata.ts';
import { readMetadata } from '../../../src/format/metadata-reader.ts';
import type { Metadata } from '../../../src/format/metadata-reader.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-metadata-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function read(text: string | Uint8Array): Promise<Metadata> {
  writeFileSync(join(directory, 'metadata'), text);
  return readMetadata(directory);
}

const METADATA: MetadataText = {
  startedAt: new Date(2026, 4, 4, 10, 0, 0),
  finishedAt: new Date(2026, 4, 4, 10, 0, 9),
  sqlMode: 'NO_AUTO_VALUE_ON_ZERO,ONLY_FULL_GROUP_BY',
  position: { file: 'binlog.000003', position: 1234, gtidSet: 'a:1-42,\nb:1-7' },
  tables: [
    { database: 'shop', table: 'mydumper_0', realName: 'a`b\nc', rows: 7 },
    { database: 'shop', table: 'v_open', realName: 'v_open', rows: 0, isView: true },
    { database: 'shop', table: 'ids', realName: 'ids', rows: 1, isSequence: true },
  ],
  maxStatementBytes: 999_870,
};

function written(metadata: MetadataText): Buffer {
  return Buffer.concat([...metadataChunks(metadata)]);
}

const END = '# Finished dump at: 2026-05-04 10:00:09\n';

describe('metadata', () => {
  it('is written as mydumper writes it', () => {
    expect(written(METADATA).toString()).toBe(
      '# Started dump at: 2026-05-04 10:00:00\n' +
        '[config]\nquote-character = BACKTICK\n\n' +
        "[myloader_session_variables]\nSQL_MODE='NO_AUTO_VALUE_ON_ZERO,ONLY_FULL_GROUP_BY' /*!40101\n\n" +
        '[source]\n# executed_gtid_set = "a:1-42,b:1-7"\n# SOURCE_LOG_FILE = "binlog.000003"\n# SOURCE_LOG_POS = 1234\n\n' +
        '[`shop`.`mydumper_0`]\nreal_table_name=a``b\u{1000}0c\nrows = 7\n\n' +
        '[`shop`.`v_open`]\nreal_table_name=v_open\nrows = 0\nis_view = 1\n\n' +
        '[`shop`.`ids`]\nreal_table_name=ids\nrows = 1\nis_sequence = 1\n\n' +
        '[config]\nmax-statement-size = 999870\nnum-sequences = 1\n' +
        END,
    );
  });

  it('says what it was told', async () => {
    const metadata = await read(written(METADATA));
    expect(metadata).toMatchObject({
      startedAt: '2026-05-04 10:00:00',
      finishedAt: '2026-05-04 10:00:09',
      quoteCharacter: '`',
      sqlMode: METADATA.sqlMode,
      position: { file: 'binlog.000003', position: 1234, gtidSet: 'a:1-42,b:1-7' },
    });
    expect(metadata.tables.map(({ others, ...table }) => ({ ...table, others: others.size }))).toEqual([
      {
        database: 'shop',
        table: 'mydumper_0',
        realName: 'a`b\nc',
        rows: 7,
        isView: false,
        isSequence: false,
        others: 0,
      },
      { database: 'shop', table: 'v_open', realName: 'v_open', rows: 0, isView: true, isSequence: false, others: 0 },
      { database: 'shop', table: 'ids', realName: 'ids', rows: 1, isView: false, isSequence: true, others: 0 },
    ]);
    expect(metadata.config.get('max-statement-size')).toBe('999870');
  });

  it('has no position when the server keeps none', async () => {
    const { position } = await read(written({ ...METADATA, position: {} }));
    expect(position).toEqual({ file: undefined, position: undefined, gtidSet: undefined });
  });

  it('of many tables is written in chunks and read whole', async () => {
    const tables: MetadataTable[] = Array.from({ length: 20_000 }, (_, n) => {
      return { database: 'd', table: `t${n}`, realName: `t${n}`, rows: n };
    });
    const chunks = [...metadataChunks({ ...METADATA, tables })];
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(70_000);
    const metadata = await read(Buffer.concat(chunks));
    expect(metadata.tables).toHaveLength(20_000);
    expect(metadata.tables[19_999]?.rows).toBe(19_999);
  });

  it('cut at any line is damaged', async () => {
    const lines = written(METADATA).toString().split('\n');
    for (let count = 0; count < lines.length - 2; count += 1) {
      const text = lines.slice(0, count).join('\n');
      await expect(read(text), `${count} lines`).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
    }
  });

  it('refuses an SQL mode that would not stay in its quotes', () => {
    expect(() => written({ ...METADATA, sqlMode: "A' B" })).toThrow('not an SQL mode');
  });
});

describe('metadata of other versions', () => {
  it('keeps checksums, of tables and databases, and groups under double quotes', async () => {
    const metadata = await read(
      '# Started dump at: 2026-05-04 10:00:00\n[config]\nquote-character = DOUBLE_QUOTE\n\n' +
        '["a"."b"]\nreal_table_name=b""c\nrows = 3\nschema_checksum = 5f3a\n\n' +
        '["fmt.odd"]\nschema_checksum = 95DC\n[unheard of]\nx = y\n[config]\nmax-statement-size = 1\n' +
        END,
    );
    expect(metadata.quoteCharacter).toBe('"');
    expect(metadata.tables[0]).toMatchObject({ database: 'a', table: 'b', realName: 'b"c', rows: 3 });
    expect(metadata.tables[0]?.others.get('schema_checksum')).toBe('5f3a');
    expect(metadata.databases.get('fmt.odd')?.get('schema_checksum')).toBe('95DC');
  });

  it('may have names that are no plain ones in its groups', async () => {
    const { tables } = await read(
      `[\`fmt\`.\`we\`\`ird ]x\u{1000}0n\`]\nreal_table_name=we\`\`ird ]x\u{1000}0n\nrows = 1\n${END}`,
    );
    expect(tables[0]).toMatchObject({ database: 'fmt', table: 'we``ird ]x\u{1000}0n', realName: 'we`ird ]x\nn' });
  });

  it.each([
    ['[source]\n# File = "x"\n# SOURCE_LOG_FILE = "binlog.1"\n# SOURCE_LOG_POS = 7\n', 'binlog.1', 7, undefined],
    ['[source]\nexecuted_gtid_set = "a:1"\n#SOURCE_LOG_FILE = "binlog.1"\n#SOURCE_LOG_POS = 7\n', 'binlog.1', 7, 'a:1'],
    ["[master]\n# Channel_Name = ''\nFile = binlog.1\nPosition = 7\nExecuted_Gtid_Set = a:1\n", 'binlog.1', 7, 'a:1'],
    [
      "[master]\n# Channel_Name = '' # x\nFile = binlog.1\nPosition = 7\nExecuted_Gtid_Set = \n",
      'binlog.1',
      7,
      undefined,
    ],
  ])('tells the position of %j', async (text, file, position, gtidSet) => {
    expect((await read(text + END)).position).toEqual({ file, position, gtidSet });
  });

  it('before 0.12 is plain text', async () => {
    const metadata = await read(
      'Started dump at: 2019-01-01 00:00:00\nSHOW MASTER STATUS:\n\tLog: binlog.9\n\tPos: 77\n\tGTID:a:1-3\n\nFinished dump at: 2019-01-01 00:00:01\n',
    );
    expect(metadata.position).toEqual({ file: 'binlog.9', position: 77, gtidSet: 'a:1-3' });
    expect(metadata.tables).toEqual([]);
  });

  it.each([
    ['[config]\nnonsense\n', 'line 2, is neither a group, a key nor a comment: nonsense'],
    ['[`a`.`b`]\nrows = many\n', 'line 2, has a row count that is no number: many'],
    ['[`a`.`b`]\nrows = -1\n', 'line 2, has a row count that is no number: -1'],
    ['[`a`.`b`\nrows = 1\n', 'line 1, begins a group that does not end'],
    ['[`a`.`b]\nrows = 1\n', 'line 1, has a group with an open quote'],
    ['x = y\n', 'line 1, is no line of a metadata file'],
    ['[config]\nquote-character = SINGLE\n', 'unknown quote-character: SINGLE'],
  ])('is damaged when it says %j', async (text, words) => {
    const failure = read(text + END);
    await expect(failure).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
    await expect(failure).rejects.toThrow(words);
  });
});
