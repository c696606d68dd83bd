import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/base/errors.ts';
import { readError, storageError } from '../../../src/format/storage-error.ts';

/** The error of a real full device. */
function diskFull(): unknown {
  const descriptor = openSync('/dev/full', 'w');
  try {
    writeSync(descriptor, 'x');
    return undefined;
  } catch (error) {
    return error;
  } finally {
    closeSync(descriptor);
  }
}

describe("an error of the system's", () => {
  it.runIf(process.platform === 'linux')('says what to do about a full disk', () => {
    const error = storageError(diskFull(), 'writing', '/backup/a.b.00000.sql');
    expect(error).toMatchObject({ code: 'STORAGE', message: 'writing /backup/a.b.00000.sql' });
    expect(error.hint).toContain('free space');
  });

  it('keeps an error of ours', () => {
    const ours = new ToolError('DUMP_DAMAGED', 'x');
    expect(storageError(ours, 'writing', '/x')).toBe(ours);
  });

  it('means an incomplete dump when a file to read is missing', () => {
    expect(readError(Object.assign(new Error('no'), { code: 'ENOENT' }), '/x').code).toBe('DUMP_INCOMPLETE');
    expect(readError(Object.assign(new Error('no'), { code: 'EACCES' }), '/x').code).toBe('STORAGE');
  });
});
