import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCK_NAME } from '../../../src/format/directory-lock.ts';
import { flushDirectory, listDump, openDirectory } from '../../../src/format/directory.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-directory-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function put(name: string, text = ''): void {
  writeFileSync(join(directory, name), text);
}

describe('the directory for a new dump', () => {
  it('is made with its parents, closed to others', async () => {
    const path = join(directory, 'a', 'b');
    const opened = await openDirectory(path);
    expect(statSync(path).mode & 0o027).toBe(0);
    await opened.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is not waited for where nothing can be made', { timeout: 5000 }, async () => {
    symlinkSync(join(directory, 'unmounted'), join(directory, 'backup'));
    for (const parent of ['/proc/nope', join(directory, 'backup')]) {
      await expect(openDirectory(join(parent, 'dump'))).rejects.toMatchObject({ code: 'STORAGE' });
    }
  });

  it('may exist when it is empty or holds what the file system put there', async () => {
    mkdirSync(join(directory, 'lost+found'));
    await openDirectory(directory);
  });

  it.each([
    ['metadata', 'holds a complete dump already'],
    ['metadata.partial', 'holds an interrupted dump (metadata.partial)'],
    ['a.b.00000.sql.partial', 'holds an interrupted dump (a.b.00000.sql.partial)'],
    ['a-schema-create.sql', 'holds an interrupted dump (a-schema-create.sql)'],
    ['notes.txt', 'is not empty: notes.txt'],
  ])('is refused when it holds %s', async (name, words) => {
    put(name);
    await expect(openDirectory(directory)).rejects.toMatchObject({
      code: 'DIRECTORY_NOT_EMPTY',
      message: `${directory} ${words}`,
    });
  });

  it('is refused with the first names of many', async () => {
    for (const name of ['e', 'd', 'c', 'b', 'a']) put(name);
    await expect(openDirectory(directory)).rejects.toThrow('is not empty: a, b, c and 2 more');
  });

  it('belongs to one run at a time, also where a run was killed', async () => {
    const first = await openDirectory(directory);
    await expect(openDirectory(directory)).rejects.toMatchObject({ code: 'ANOTHER_RUN', exitCode: 11 });
    await first.close();
    const gone = { host: hostname(), pid: 2 ** 22 + 1, begun: 'once' };
    for (const left of ['', JSON.stringify(gone), JSON.stringify({ ...gone, pid: process.pid })]) {
      put(LOCK_NAME, left);
      await (await openDirectory(directory)).close();
    }
    put(LOCK_NAME, JSON.stringify({ ...gone, host: 'another machine' }));
    await expect(openDirectory(directory)).rejects.toThrow(/process \d+ on another machine/);
  });

  it('is cleared of a dump when asked to, and of nothing else', async () => {
    for (const name of ['metadata', 'a-schema-create.sql', 'a.b.00000.sql.zst.partial']) put(name);
    await (await openDirectory(directory, { clear: true })).close();
    expect(readdirSync(directory)).toEqual([]);
    for (const name of ['metadata', 'thesis.odt']) put(name);
    await expect(openDirectory(directory, { clear: true })).rejects.toThrow(
      'holds what is no part of a dump: thesis.odt',
    );
    expect(readdirSync(directory).sort()).toEqual(['metadata', 'thesis.odt']);
  });

  it('is refused when it is a file', async () => {
    put('file');
    await expect(openDirectory(join(directory, 'file'))).rejects.toMatchObject({ code: 'STORAGE' });
  });
});

describe('the directory of a dump', () => {
  it('is listed with sizes; links and directories are not read', async () => {
    put('metadata', '[config]\n');
    put('a-schema-create.sql', 'CREATE');
    mkdirSync(join(directory, 'sub'));
    symlinkSync('/etc/hostname', join(directory, 'notes.txt'));
    const listing = await listDump(directory);
    expect([...listing.files]).toEqual([
      ['a-schema-create.sql', 6],
      ['metadata', 9],
    ]);
    expect(listing.others).toEqual(['notes.txt', 'sub']);
  });

  it.each(['a.b.00000.sql', 'a.b-schema.sql.zst', 'metadata', 'tsdump-manifest.jsonl', 'tsdump-users'])(
    'is read from files only: %s is no link, pipe or directory',
    async (name) => {
      put('metadata', '[config]\n');
      const make = [
        (path: string) => symlinkSync('/etc/hostname', path),
        (path: string) => symlinkSync('c.d.00000.sql', path),
        (path: string) => void execFileSync('mkfifo', [path]),
        (path: string) => mkdirSync(path),
      ];
      for (const each of make) {
        rmSync(join(directory, name), { force: true, recursive: true });
        each(join(directory, name));
        await expect(listDump(directory)).rejects.toMatchObject({
          code: 'DUMP_DAMAGED',
          message: expect.stringContaining(`no regular file: ${name}`),
        });
      }
    },
  );

  it.each([
    [[], 'holds no dump'],
    [['a.b.00000.sql', 'metadata.partial'], 'holds no complete dump: it has no metadata file'],
    [['a.b.00000.sql'], 'holds no complete dump: it has no metadata file'],
  ])('is no dump with only %j in it', async (names, words) => {
    for (const name of names) put(name);
    await expect(listDump(directory)).rejects.toMatchObject({
      code: 'DUMP_INCOMPLETE',
      message: `${directory} ${words}`,
    });
  });

  it('is no dump when it does not exist', async () => {
    await expect(listDump(join(directory, 'absent'))).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' });
  });

  it('is flushed, with or without the program for it', async () => {
    put('metadata', 'x');
    mkdirSync(join(directory, 'sub'));
    await flushDirectory(directory);
    const path = process.env['PATH'];
    process.env['PATH'] = directory;
    try {
      await flushDirectory(directory);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
