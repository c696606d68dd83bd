/** What is made of a server's refusals. */

import { describe, expect, test } from 'vitest';

import { ToolError } from '../../../src/base/errors.ts';
import { isConnectionLost, saying, serverErrno, serverFailure } from '../../../src/mysql/failure.ts';
import { ConnectionLost, ServerError } from '../../../src/mysql/packets.ts';

const refused = (errno: number): ServerError => new ServerError(errno, 'HY000', 'no');

describe('the code of a failure', () => {
  test.each([
    [refused(1040), 'CONNECT'],
    [refused(1044), 'PRIVILEGE'],
    [refused(1045), 'AUTHENTICATION'],
    [refused(1053), 'SERVER_GONE'],
    [refused(1142), 'PRIVILEGE'],
    [refused(1143), 'PRIVILEGE'],
    [refused(1227), 'PRIVILEGE'],
    [refused(1927), 'SERVER_GONE'],
    [refused(1064), 'SERVER_REFUSED'],
    [new ConnectionLost('gone'), 'SERVER_GONE'],
    [new TypeError('a defect'), 'INTERNAL'],
    ['not even an error', 'INTERNAL'],
  ])('%s is %s', (thrown, code) => {
    const failure = serverFailure('reading shop.orders', thrown);
    expect(failure).toMatchObject({ code, cause: thrown });
    expect(failure.message).toContain('while reading shop.orders');
  });

  test('a ToolError passes through', () => {
    const error = new ToolError('STORAGE', 'disk full');
    expect(serverFailure('reading', error)).toBe(error);
  });
});

test('saying names the deed of a failure and returns what succeeds', async () => {
  expect(await saying('counting', () => Promise.resolve(3))).toBe(3);
  await expect(saying('counting', () => Promise.reject(refused(1146)))).rejects.toThrow(
    'the server refused while counting',
  );
});

test('the error number is found beneath other errors', () => {
  const deep = new ToolError('LOAD_FAILED', 'a', { cause: serverFailure('b', refused(1146)) });
  expect(serverErrno(deep)).toBe(1146);
  expect(serverErrno(new Error('none'))).toBeUndefined();
  expect(serverErrno(undefined)).toBeUndefined();
});

test('a connection is lost when it broke, or when the server said that it will', () => {
  expect(isConnectionLost(serverFailure('x', new ConnectionLost('gone')))).toBe(true);
  expect(isConnectionLost(serverFailure('x', refused(1053)))).toBe(true);
  expect(isConnectionLost(serverFailure('x', refused(1927)))).toBe(true);
  expect(isConnectionLost(serverFailure('x', refused(1317)))).toBe(false);
  expect(isConnectionLost(new Error('other'))).toBe(false);
});
