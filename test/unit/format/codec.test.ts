import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/base/errors.ts';
import { codecOfName, codecSuffix, compressBlock, decodedChunks } from '../../../src/format/codec.ts';
import type { CodecName } from '../../../src/format/codec.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-codec-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function decode(bytes: Uint8Array, codec: CodecName): Promise<Buffer> {
  const path = join(directory, `file${codecSuffix(codec)}`);
  writeFileSync(path, bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of decodedChunks(path, codec)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function failure(bytes: Uint8Array, codec: CodecName): Promise<ToolError | undefined> {
  try {
    await decode(bytes, codec);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError);
    return error as ToolError;
  }
}

async function packed(blocks: readonly Buffer[], codec: CodecName): Promise<Buffer> {
  const frames: Uint8Array[] = [];
  for (const block of blocks) frames.push(await compressBlock(block, codec));
  return Buffer.concat(frames);
}

/** Text that compresses like a dump, `bytes` long. */
function dumpText(bytes: number): Buffer {
  const rows: string[] = [];
  for (let row = 0, length = 0; length < bytes; row += 1) {
    const text = `,(${row},"customer ${(row * 7919) % 1009}",${(row * 104_729) % 99_991},NULL)\n`;
    rows.push(text);
    length += text.length;
  }
  return Buffer.from(rows.join('')).subarray(0, bytes);
}

/** Runs a program of the system on bytes; undefined when it is not there. */
function filtered(program: string, args: readonly string[], input: Uint8Array): Buffer | undefined {
  try {
    return execFileSync(program, args, { input, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

describe.each(['none', 'zstd', 'gzip'] as const)('codec %s', (codec) => {
  it('gives back the blocks that were written', async () => {
    const blocks = [dumpText(1_000_000), randomBytes(300_000), Buffer.from('x'), dumpText(2_500_000)];
    expect((await decode(await packed(blocks, codec), codec)).equals(Buffer.concat(blocks))).toBe(true);
  });

  it('is recognised by the name of the file', () => {
    expect(codecOfName(`a.b.00000.sql${codecSuffix(codec)}`)).toBe(codec);
  });

  it('says which file is missing', async () => {
    const chunks = decodedChunks(join(directory, 'absent'), codec);
    await expect(chunks.next()).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' });
  });

  it('closes the file when the consumer stops early', async () => {
    const path = join(directory, 'early');
    writeFileSync(path, await packed([dumpText(3_000_000), dumpText(3_000_000)], codec));
    for await (const chunk of decodedChunks(path, codec)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it('reads more files at the same time than there are threads to decode them, none ended before all have begun', async () => {
    const path = join(directory, 'many-at-a-time');
    const text = dumpText(600_000);
    writeFileSync(path, await packed([text.subarray(0, 300_000), text.subarray(300_000)], codec));
    const readers = Array.from({ length: 64 }, () => decodedChunks(path, codec));
    const begun = await Promise.all(readers.map((reader) => reader.next()));
    const lengths = readers.map(async (reader, index) => {
      let length = begun[index]?.value?.length ?? 0;
      for await (const chunk of reader) length += chunk.length;
      return length;
    });
    expect(await Promise.all(lengths)).toEqual(readers.map(() => text.length));
  });

  it('reports the stored bytes it reads', async () => {
    const path = join(directory, 'counted');
    const bytes = await packed([dumpText(1_000_000), dumpText(700_000)], codec);
    writeFileSync(path, bytes);
    let read = 0;
    const chunks = decodedChunks(path, codec, { onRead: (storedBytes) => void (read += storedBytes) });
    for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0);
    expect(read).toBe(bytes.length);
  });
});

describe.each(['zstd', 'gzip'] as const)('a %s file', (codec) => {
  it('that is cut at any byte but between two blocks is damaged', async () => {
    const first = Buffer.from(await compressBlock(dumpText(400), codec));
    const bytes = Buffer.concat([first, await compressBlock(dumpText(700), codec)]);
    for (let length = 0; length < bytes.length; length += 1) {
      if (length === first.length) continue;
      const error = await failure(bytes.subarray(0, length), codec);
      expect(error?.code, `cut at ${length}`).toBe('DUMP_DAMAGED');
      expect(error?.message).toMatch(new RegExp(`file${codecSuffix(codec)}.* at byte \\d+$`));
    }
  });

  it('with anything behind its end is damaged', async () => {
    const bytes = Buffer.from(await compressBlock(dumpText(400), codec));
    for (const garbage of ['\0', '\0\0\0\0', 'x', 'garbage', '\x1f', '\x1f\x8b', '\x28\xb5\x2f\xfd']) {
      const error = await failure(Buffer.concat([bytes, Buffer.from(garbage, 'latin1')]), codec);
      expect(error?.code, JSON.stringify(garbage)).toBe('DUMP_DAMAGED');
    }
  });

  it('that is plain text is damaged', async () => {
    expect((await failure(dumpText(5000), codec))?.code).toBe('DUMP_DAMAGED');
  });

  it('is read by the program of that name', async () => {
    const blocks = [dumpText(1_200_000), dumpText(90_000)];
    const decoded = filtered(codec, ['-dc'], await packed(blocks, codec));
    if (decoded !== undefined) expect(decoded.equals(Buffer.concat(blocks))).toBe(true);
  });

  it('written by the program of that name is read, however long its one frame', async () => {
    for (const text of [dumpText(10), dumpText(3_000_000), dumpText(20_000_000), Buffer.alloc(20_000_000)]) {
      const bytes = filtered(codec, ['-c'], text);
      if (bytes !== undefined) expect((await decode(bytes, codec)).equals(text)).toBe(true);
    }
  });

  it('of one long frame is damaged wherever it is cut', async () => {
    const bytes = filtered(codec, ['-c'], dumpText(12_000_000));
    if (bytes === undefined) return;
    for (const lost of [1, 4, 5, 8, 9, 1000, Math.floor(bytes.length / 2), bytes.length - 3]) {
      const error = await failure(bytes.subarray(0, bytes.length - lost), codec);
      expect(error?.code, `${lost} bytes lost`).toBe('DUMP_DAMAGED');
    }
  });
});

it.each(['zstd', 'gzip'] as const)('a higher level of %s makes smaller files', async (codec) => {
  const text = Buffer.from(
    Array.from({ length: 20_000 }, (_, i) => `(${i},"row ${(i * 7919) % 1000} of many")`).join(','),
  );
  const [fast, small] = [await compressBlock(text, codec, 1), await compressBlock(text, codec, 9)];
  expect(small.length).toBeLessThan(fast.length);
  expect((await decode(small, codec)).equals(text)).toBe(true);
});

describe('a gzip file', () => {
  it('with a changed byte is damaged', async () => {
    const bytes = Buffer.from(await compressBlock(randomBytes(5000), 'gzip'));
    for (const at of [0, 2, 15, 100, 2500, bytes.length - 6, bytes.length - 2]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
      expect((await failure(changed, 'gzip'))?.code, `byte ${at}`).toBe('DUMP_DAMAGED');
    }
  });

  it('with a name in its header is read', async () => {
    const path = join(directory, 'named.sql');
    writeFileSync(path, dumpText(5000));
    const bytes = filtered('gzip', ['-c', '--name', path], Buffer.alloc(0));
    if (bytes !== undefined) expect((await decode(bytes, 'gzip')).equals(dumpText(5000))).toBe(true);
  });
});

describe('a zstd file', () => {
  it('with a frame for other programs is read past it', async () => {
    const user = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')]);
    const bytes = Buffer.concat([user, await compressBlock(dumpText(900), 'zstd'), user]);
    expect((await decode(bytes, 'zstd')).equals(dumpText(900))).toBe(true);
    expect((await failure(bytes.subarray(0, bytes.length - 1), 'zstd'))?.code).toBe('DUMP_DAMAGED');
  });

  it('that asks for more memory than zstd gives by default is refused', async () => {
    // A frame header with a window descriptor of 2 GiB, then one empty last block.
    const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
    expect((await failure(bytes, 'zstd'))?.message).toContain('--long');
  });

  it('of run-length blocks is decoded in chunks of bounded size', async () => {
    const rle = Buffer.from([0x02 | ((131_072 << 3) & 0xff), (131_072 << 3) >> 8, (131_072 << 3) >> 16, 0x61]);
    const blocks = Array.from({ length: 300 }, () => rle);
    const last = Buffer.from([0x01, 0x00, 0x00]);
    const path = join(directory, 'rle.zst');
    writeFileSync(path, Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]), ...blocks, last]));
    let bytes = 0;
    for await (const chunk of decodedChunks(path, 'zstd')) {
      expect(chunk.length).toBeLessThanOrEqual(131_072);
      bytes += chunk.length;
    }
    expect(bytes).toBe(300 * 131_072);
  });
});
