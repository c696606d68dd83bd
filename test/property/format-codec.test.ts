import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressBlock, decodedChunks } from '../../src/format/codec.ts';
import type { CodecName } from '../../src/format/codec.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-codec-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function decode(bytes: Uint8Array, codec: CodecName): Promise<Buffer> {
  const path = join(directory, 'file');
  writeFileSync(path, bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of decodedChunks(path, codec)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Blocks of a few bytes to a few hundred KiB, some of which compress well. */
const block = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 1000 }))
  .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)));
const blocks = fc.array(block, { minLength: 1, maxLength: 5 });

describe.each(['none', 'zstd', 'gzip'] as const)('codec %s', (codec) => {
  it('gives back any blocks', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, async (written) => {
        const packed = await Promise.all(written.map((one) => compressBlock(one, codec)));
        expect((await decode(Buffer.concat(packed), codec)).equals(Buffer.concat(written))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(['zstd', 'gzip'] as const)('codec %s', (codec) => {
  it('takes a file cut inside a block for damaged', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.double({ min: 0, max: 1, noNaN: true }), async (written, place) => {
        const packed = await Promise.all(written.map((one) => compressBlock(one, codec)));
        const last = packed.at(-1)?.length ?? 0;
        const bytes = Buffer.concat(packed);
        const cut = bytes.length - last + Math.max(1, Math.floor(place * (last - 1)));
        await expect(decode(bytes.subarray(0, cut), codec)).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
      }),
      { numRuns: 60 },
    );
  });

  it('never ends other than well or as damaged, whatever the bytes', async () => {
    const magic = codec === 'zstd' ? [0x28, 0xb5, 0x2f, 0xfd] : [0x1f, 0x8b, 8, 0];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (noise) => {
        const outcome = await decode(Buffer.from([...magic, ...noise]), codec).then(
          () => 'DUMP_DAMAGED',
          (error: unknown) => (error as { code?: unknown }).code,
        );
        expect(outcome).toBe('DUMP_DAMAGED');
      }),
      { numRuns: 300 },
    );
  });
});
