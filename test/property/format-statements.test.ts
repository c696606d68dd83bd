import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeFile, disguiseBody, readSchemaStatements, revealBody, schemaFile } from '../../src/format/code.ts';
import { readStatements } from '../../src/format/statements.ts';

/** Text rich in what the format is about. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(';', '\n', ' ', '#', '#;', ';\n', '\r\n', '/*!', '\\d ', '`', "'"),
      fc.string({ maxLength: 4 }),
    ),
  )
  .map((pieces) => Buffer.from(pieces.join('')));

/** A statement of a file of definitions: not empty, begins with no blank. */
const definition = nasty.filter((bytes) => bytes.length > 0 && !/^[ \t\r\n]/.test(bytes.toString('latin1')));

/** In buffers of their own, as a file is read. */
async function* inBuffers(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

async function* cutAt(text: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
  let at = 0;
  for (const place of [...places, text.length]) {
    yield await Promise.resolve(text.subarray(at, place));
    at = place;
  }
}

describe('statements', () => {
  it('lose no byte, wherever the file is cut into chunks and whatever the limit', async () => {
    const file = fc.array(definition.filter((bytes) => !bytes.includes(';\n')));
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 40 }),
        async (written, cuts, maxBufferedBytes) => {
          const text = Buffer.concat(written.flatMap((bytes) => [bytes, Buffer.from(';\n')]));
          const read: string[] = [];
          for await (const { bytes, rest } of readStatements(cutAt(text, cuts), { path: 'x', maxBufferedBytes })) {
            const parts = [bytes];
            for await (const part of rest ?? []) parts.push(part);
            read.push(Buffer.concat(parts).toString('latin1'));
          }
          const expected = written.map((bytes) => bytes.toString('latin1')).filter((bytes) => bytes !== '');
          expect(read.join('\u0100')).toBe(expected.join('\u0100'));
        },
      ),
    );
  });

  it('stay whole until the next is asked for, when chunks that are given back are overwritten', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(definition.filter((bytes) => !bytes.includes(';\n'))),
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 40 }),
        async (written, cuts, maxBufferedBytes) => {
          const text = Buffer.concat(written.flatMap((bytes) => [bytes, Buffer.from(';\n')]));
          let [given, hasLong] = [0, false];
          const onSpent = (chunk: Buffer): void => {
            given += chunk.length;
            chunk.fill('#');
          };
          const read: string[] = [];
          const options = { path: 'x', maxBufferedBytes, onSpent };
          for await (const { parts, rest } of readStatements(inBuffers(cutAt(text, cuts)), options)) {
            const all = [...parts];
            for await (const part of rest ?? []) all.push(part);
            hasLong ||= rest !== undefined;
            read.push(Buffer.concat(all).toString('latin1'));
          }
          expect(read).toEqual(written.map((bytes) => bytes.toString('latin1')));
          if (!hasLong) expect(given).toBe(text.length);
        },
      ),
    );
  });

  it('begin where they say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(definition), fc.array(fc.nat()), async (written, cuts) => {
        const text = Buffer.concat(written.flatMap((bytes) => [bytes, Buffer.from('\n;\n\n')]));
        for await (const { offset, bytes } of readStatements(cutAt(text, cuts), { path: 'x' })) {
          expect(text.subarray(offset, offset + bytes.length).equals(bytes)).toBe(true);
        }
      }),
    );
  });
});

describe('bodies', () => {
  it('survive the disguise', () => {
    fc.assert(
      fc.property(nasty, (body) => {
        const disguised = disguiseBody(body);
        expect(disguised.includes(';\n')).toBe(false);
        expect(revealBody(disguised).equals(body)).toBe(true);
      }),
    );
  });

  it.each([codeFile, schemaFile])('survive a file', async (write) => {
    const header = Buffer.from('/*!40101 SET NAMES binary*/;\n');
    await fc.assert(
      fc.asyncProperty(fc.array(definition), fc.array(fc.nat()), async (written, cuts) => {
        const read: string[] = [];
        const chunks = cutAt(write(header, written), cuts);
        for await (const { bytes } of readSchemaStatements(chunks, { path: 'x' })) read.push(bytes.toString('latin1'));
        expect(read.slice(1)).toEqual(written.map((bytes) => bytes.toString('latin1')));
      }),
    );
  });
});
