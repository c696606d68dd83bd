/** What an error says, which exit code it ends the command with, and that a thread boundary takes nothing from it. */
import { describe, expect, test } from 'vitest';

import { describeError, fromWireError, must, ToolError, toToolError, toWireError } from '../../../src/base/errors.ts';
import type { ErrorCode } from '../../../src/base/errors.ts';

/** Operators' scripts rely on these. No error has 0 or 3: 0 is a run that is done, 3 is unused. */
const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  INTERNAL: 1,
  SERVER_REFUSED: 1,
  LOAD_FAILED: 1,
  PROGRAM_FAILED: 1,
  USAGE: 2,
  SKIPPED: 3,
  ROWS_DIFFER: 4,
  CONNECT: 5,
  AUTHENTICATION: 5,
  PRIVILEGE: 5,
  SERVER_GONE: 5,
  LOCK: 6,
  CONSISTENCY: 6,
  STORAGE: 7,
  RESUME_REFUSED: 1,
  DIRECTORY_NOT_EMPTY: 7,
  DUMP_INCOMPLETE: 8,
  DUMP_DAMAGED: 8,
  FOREIGN_STATEMENT: 8,
  TIME_LIMIT: 9,
  ANOTHER_RUN: 11,
  INTERRUPTED: 130,
  TERMINATED: 143,
};

test.each(Object.entries(EXIT_CODES) as [ErrorCode, number][])('%s ends with exit code %i', (code, exitCode) => {
  expect(new ToolError(code, 'x').exitCode).toBe(exitCode);
});

test('no error ends with the exit code of success', () => {
  const codes = Object.keys(EXIT_CODES) as ErrorCode[];
  expect(codes.map((code) => new ToolError(code, 'x').exitCode)).not.toContain(0);
});

describe('the hint', () => {
  test('is the code’s unless the error has one of its own', () => {
    expect(new ToolError('CONNECT', 'x').hint).toContain('--host');
    expect(new ToolError('CONNECT', 'x', { hint: 'own' }).hint).toBe('own');
    expect(new ToolError('CONNECT', 'x', { hint: undefined }).hint).toContain('--host');
    expect(new ToolError('LOCK', 'x').hint).toBeUndefined();
  });
});

describe('a described error', () => {
  test('is our sentence, then the words beneath it', () => {
    const cause = new Error('the driver failed', { cause: new Error('ECONNRESET') });
    expect(describeError(new ToolError('CONNECT', 'cannot connect', { cause }))).toBe(
      'cannot connect: the driver failed: ECONNRESET',
    );
  });

  test('says nothing twice, and nothing empty', () => {
    const cause = new Error('', { cause: new Error('disk full') });
    expect(describeError(new Error('writing: disk full', { cause }))).toBe('writing: disk full');
  });

  test.each([
    ['a string', 'a string'],
    [7, '7'],
    [undefined, ''],
    [null, ''],
    [new Error('x', { cause: 'thrown text' }), 'x: thrown text'],
    [new Error('x', { cause: null }), 'x'],
  ])('may be of anything thrown: %s', (thrown, text) => {
    expect(describeError(thrown)).toBe(text);
  });

  test('names every address that could not be connected to, of which the system’s own error says nothing', () => {
    const reasons = [new Error('connect ECONNREFUSED ::1:3306'), new Error('connect ECONNREFUSED 127.0.0.1:3306')];
    const error = new ToolError('CONNECT', 'cannot connect', { cause: new AggregateError(reasons) });
    const text = 'cannot connect: connect ECONNREFUSED ::1:3306, connect ECONNREFUSED 127.0.0.1:3306';
    expect(describeError(error)).toBe(text);
    expect(describeError(fromWireError(toWireError(error)))).toBe(text);
  });

  test('comes to an end when a chain of causes bites its tail', () => {
    const error = new Error('tail');
    error.cause = new Error('head', { cause: error });
    expect(describeError(error)).toMatch(/^tail: head: tail/);
    expect(toWireError(error).message).toBe('tail');
  });
});

describe('an error that crosses a thread', () => {
  test('keeps code, exit code, hint, stack and the chain of its causes', () => {
    const inner = new ToolError('SERVER_GONE', 'lost the server', { cause: new Error('read ECONNRESET') });
    const error = new ToolError('DUMP_DAMAGED', 'cannot read a.sql', { hint: 'own', cause: inner });
    const back = fromWireError(structuredClone(toWireError(error)));
    expect(back).toBeInstanceOf(ToolError);
    expect(back).toMatchObject({
      name: 'ToolError',
      code: 'DUMP_DAMAGED',
      exitCode: 8,
      hint: 'own',
      stack: error.stack,
    });
    expect(back.cause).toMatchObject({ code: 'SERVER_GONE', message: 'lost the server', hint: inner.hint });
    expect((back.cause as Error).cause).toMatchObject({ name: 'Error', message: 'read ECONNRESET' });
    expect(describeError(back)).toBe(describeError(error));
  });

  test('keeps a row’s hint, and the lack of one', () => {
    expect(fromWireError(toWireError(new ToolError('CONNECT', 'x')))).toMatchObject({
      hint: new ToolError('CONNECT', 'x').hint,
    });
    expect((fromWireError(toWireError(new ToolError('LOCK', 'x'))) as ToolError).hint).toBeUndefined();
  });

  test('may be any thrown value', () => {
    expect(fromWireError(structuredClone(toWireError('text')))).toMatchObject({ name: 'Error', message: 'text' });
    expect(fromWireError(structuredClone(toWireError(undefined)))).toBeInstanceOf(Error);
    const withUncloneable = Object.assign(new Error('x', { cause: () => undefined }), { socket: () => undefined });
    expect(fromWireError(structuredClone(toWireError(withUncloneable))).message).toBe('x');
  });
});

describe('what is not one of our errors', () => {
  test('is a defect of ours, with the thrown value as its cause', () => {
    const thrown = new TypeError('x is not a function');
    expect(toToolError(thrown)).toMatchObject({
      code: 'INTERNAL',
      exitCode: 1,
      message: thrown.message,
      cause: thrown,
    });
    expect(toToolError('text')).toMatchObject({ code: 'INTERNAL', message: 'text', cause: 'text' });
  });

  test('what is one stays itself', () => {
    const error = new ToolError('LOCK', 'x');
    expect(toToolError(error)).toBe(error);
  });
});

test('must gives what is there, falsy or not, and names what is missing', () => {
  expect([must(0, 'x'), must('', 'x'), must(false, 'x')]).toEqual([0, '', false]);
  for (const missing of [undefined, null]) expect(() => must(missing, 'the row')).toThrow('missing: the row');
});
