import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AtomicFile, publishFile, writeSmallFile } from '../../../src/format/files.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-files-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function* failingChunks(): Generator<Uint8Array> {
  yield Buffer.from('# Started\n');
  throw new Error('no more');
}

describe('a file written piece by piece', () => {
  it('has its name only when it is whole', async () => {
    const file = AtomicFile.create(directory, 'a.b.00000.sql');
    file.write(Buffer.from('INSERT '));
    expect(readdirSync(directory)).toEqual(['a.b.00000.sql.partial']);
    file.write(Buffer.from('INTO'));
    await file.commit();
    expect(readdirSync(directory)).toEqual(['a.b.00000.sql']);
    expect(readFileSync(join(directory, 'a.b.00000.sql'), 'utf8')).toBe('INSERT INTO');
    expect(file.storedBytes).toBe(11);
  });

  it('is readable by its owner and group alone', async () => {
    const file = AtomicFile.create(directory, 'x');
    await file.commit();
    expect(statSync(join(directory, 'x')).mode & 0o137).toBe(0);
  });

  it('leaves nothing when it is aborted, before or after it was finished', async () => {
    const file = AtomicFile.create(directory, 'x');
    file.write(Buffer.from('half'));
    file.abort();
    file.abort();
    expect(readdirSync(directory)).toEqual([]);
    const finished = AtomicFile.create(directory, 'y');
    await finished.commit();
    finished.abort();
    expect(readdirSync(directory)).toEqual(['y']);
  });

  it('is refused when another writer has begun it', () => {
    const first = AtomicFile.create(directory, 'x');
    expect(() => AtomicFile.create(directory, 'x')).toThrow(expect.objectContaining({ code: 'STORAGE' }));
    first.abort();
  });

  it('names the path when there is no directory', () => {
    const absent = join(directory, 'absent');
    expect(() => AtomicFile.create(absent, 'x')).toThrow(
      expect.objectContaining({ code: 'STORAGE', message: `creating ${join(absent, 'x')}` }),
    );
  });
});

describe('a small file', () => {
  it('is whole or absent', () => {
    writeSmallFile(directory, 'a-schema-create.sql', Buffer.from('CREATE'));
    expect(readdirSync(directory)).toEqual(['a-schema-create.sql']);
    expect(readFileSync(join(directory, 'a-schema-create.sql'), 'utf8')).toBe('CREATE');
  });

  it('does not touch the .partial of another writer', () => {
    writeFileSync(join(directory, 'x.partial'), 'theirs');
    expect(() => writeSmallFile(directory, 'x', Buffer.from('ours'))).toThrow(
      expect.objectContaining({ code: 'STORAGE' }),
    );
    expect(readFileSync(join(directory, 'x.partial'), 'utf8')).toBe('theirs');
  });
});

describe('the file that declares the dump complete', () => {
  it('is written from chunks', async () => {
    await publishFile(directory, 'metadata', [Buffer.from('# Started\n'), Buffer.from('[config]\n')]);
    expect(readFileSync(join(directory, 'metadata'), 'utf8')).toBe('# Started\n[config]\n');
  });

  it('is absent when its text cannot be made', async () => {
    await expect(publishFile(directory, 'metadata', failingChunks())).rejects.toThrow('no more');
    expect(readdirSync(directory)).toEqual([]);
  });
});
