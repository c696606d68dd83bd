/** A session against a server that says what the test wants: over a real socket, without a handshake. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectSocket } from 'node:net';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { ConnectionLost, ServerError } from '../../../src/mysql/packets.ts';
import { StreamSource } from '../../../src/mysql/byte-source.ts';
import { Session } from '../../../src/mysql/session.ts';
import {
  FieldType,
  columnPayload,
  eofPayload,
  errorPayload,
  lengthEncodedText,
  okPayload,
  packet,
  rowPackets,
  toBytes,
} from '../../support/packets.ts';

interface Pair {
  readonly session: Session;
  /** The server's end. */
  readonly server: Socket;
  /** Everything that the session has sent, once it is at least so many bytes. */
  readonly received: (bytes: number) => Promise<Buffer>;
}

async function withPair<T>(use: (pair: Pair) => Promise<T>): Promise<T> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const client = connectSocket((listener.address() as AddressInfo).port, '127.0.0.1');
  const [server] = await accepted;
  let got = Buffer.alloc(0);
  server.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
    server.emit('got');
  });
  server.on('error', () => undefined);
  const received = async (bytes: number): Promise<Buffer> => {
    while (got.length < bytes) await once(server, 'got');
    return got;
  };
  try {
    return await use({ session: new Session(client, new StreamSource(client), 7), server, received });
  } finally {
    client.destroy();
    server.destroy();
    listener.close();
  }
}

afterEach(() => {
  vi.useRealTimers();
});

const answer = (...payloads: string[]): Buffer =>
  toBytes(payloads.map((payload, at) => packet(payload, at + 1)).join(''));
const columns = (...names: string[]): string[] => [
  String.fromCharCode(names.length),
  ...names.map((name) => columnPayload(name, FieldType.VAR_STRING)),
  eofPayload(),
];

describe('a server that asks for a local file which nobody offered', () => {
  const request = '\xfb/etc/passwd';
  const refusal = toBytes(packet('', 2));

  test.each(['execute', 'query'] as const)('gets an empty packet and nothing else from %s()', async (method) => {
    await withPair(async ({ session, server, received }) => {
      const statement = 'SELECT 1';
      const sent = Buffer.concat([toBytes(packet(`\x03${statement}`)), refusal]);
      const outcome = session[method](statement).catch((error: unknown) => error);
      server.write(answer(request));
      expect(await received(sent.length)).toEqual(sent);
      server.write(toBytes(packet(errorPayload(1148, '42000', 'not allowed'), 3)));
      expect(await outcome).toMatchObject({ errno: 1148 });
      expect(await received(sent.length)).toEqual(sent);
      expect(session.isUsable).toBe(true);
    });
  });

  test('gets nothing from select() either', async () => {
    await withPair(async ({ session, server, received }) => {
      const outcome = session.select('SELECT 1', () => ({ take: () => Promise.resolve(undefined) }));
      const failed = expect(outcome).rejects.toThrow(ServerError);
      server.write(answer(request));
      expect((await received(17)).subarray(-4)).toEqual(refusal);
      server.write(toBytes(packet(errorPayload(1148, '42000', 'not allowed'), 3)));
      await failed;
    });
  });
});

describe('a server that asks for a file which was offered', () => {
  const statement = "LOAD DATA LOCAL INFILE 't.dat' INTO TABLE t";
  const query = toBytes(packet(`\x03${statement}`));

  async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
    for (const text of texts) yield await Promise.resolve(Buffer.from(text, 'latin1'));
  }

  test('gets it in packets of 16 KiB and an empty one, once', async () => {
    await withPair(async ({ session, server, received }) => {
      const outcome = session.loadLocal(statement, 't.dat', chunks('1\n', '', 'x'.repeat(20_000)));
      server.write(answer('\xfbt.dat'));
      const file =
        packet('1\n', 2) + packet('x'.repeat(16_384), 3) + packet('x'.repeat(20_000 - 16_384), 4) + packet('', 5);
      const sent = Buffer.concat([query, toBytes(file)]);
      expect(await received(sent.length)).toEqual(sent);
      server.write(toBytes(packet('\xfbt.dat', 6)));
      const refused = Buffer.concat([sent, toBytes(packet('', 7))]);
      expect(await received(refused.length)).toEqual(refused);
      server.write(toBytes(packet(okPayload(), 8)));
      expect(await outcome).toMatchObject({ warnings: 0 });
    });
  });

  test('gets nothing when it asks for another one, and the connection ends', async () => {
    await withPair(async ({ session, server, received }) => {
      const outcome = session.loadLocal(statement, 't.dat', chunks('1\n'));
      const failed = expect(outcome).rejects.toThrow('a file that it was not told of');
      server.write(answer('\xfb/etc/passwd'));
      await failed;
      expect(await received(query.length)).toEqual(query);
      expect(session.isUsable).toBe(false);
    });
  });

  test('gets no end of a file that cannot be read to its end', async () => {
    await withPair(async ({ session, server, received }) => {
      const broken = (async function* () {
        yield* chunks('1\n');
        throw new Error('the file is damaged');
      })();
      const failed = expect(session.loadLocal(statement, 't.dat', broken)).rejects.toThrow('the file is damaged');
      server.write(answer('\xfbt.dat'));
      await failed;
      expect(session.isUsable).toBe(false);
      await once(server, 'close');
      expect(await received(0)).toEqual(Buffer.concat([query, toBytes(packet('1\n', 2))]));
    });
  });
});

describe('select', () => {
  test('returns the warnings and keeps what follows the rows for the next command', async () => {
    await withPair(async ({ session, server }) => {
      const rows = toBytes(rowPackets([['a'], ['b']]));
      const end = toBytes(packet(eofPayload(3, 2), 9));
      const taken: Buffer[] = [];
      const selected = session.select('SELECT a', () => ({
        take: async (bytes) => {
          taken.push(bytes);
          const all = Buffer.concat(taken);
          return all.length < rows.length + end.length ? undefined : all.subarray(rows.length);
        },
      }));
      server.write(Buffer.concat([answer(...columns('a')), rows, end]));
      expect(await selected).toEqual({ warnings: 3, statusFlags: 2 });
      const executed = session.execute('DO 1');
      server.write(answer(okPayload(5)));
      expect(await executed).toMatchObject({ affectedRows: 5 });
    });
  });

  test('a sink that fails ends the connection: the rest of the rows would be taken for the next answer', async () => {
    await withPair(async ({ session, server }) => {
      const failure = new Error('disk full');
      const selected = session.select('SELECT a', () => ({ take: () => Promise.reject(failure) }));
      const failed = expect(selected).rejects.toBe(failure);
      const closed = once(server, 'close');
      server.write(Buffer.concat([answer(...columns('a')), toBytes(rowPackets([['a']]))]));
      await failed;
      expect(session.isUsable).toBe(false);
      await expect(session.query('SELECT 1')).rejects.toThrow(ConnectionLost);
      await closed;
      await session.close();
    });
  });
});

test('a statement whose parts fail is not taken for a whole one', async () => {
  await withPair(async ({ session, server, received }) => {
    const failure = new Error('the file is damaged');
    async function* parts(): AsyncGenerator<Buffer> {
      yield Buffer.from('INSERT INTO t VALUES (1)');
      throw failure;
    }
    const closed = once(server, 'close');
    await expect(session.executeParts(parts())).rejects.toBe(failure);
    await closed;
    expect((await received(0)).length).toBe(0);
    expect(session.isUsable).toBe(false);
  });
});

test('results nobody expected are read to their end', async () => {
  await withPair(async ({ session, server }) => {
    const executed = session.execute('CALL p()');
    const more = 0x0008;
    const rows = [...columns('a'), lengthEncodedText('x'), eofPayload(0, more)];
    server.write(answer(...rows, okPayload(0, 0, '', more), okPayload(2, 1)));
    expect(await executed).toMatchObject({ affectedRows: 2, warnings: 1 });
  });
});

test('a second command before the first has ended is refused', async () => {
  await withPair(async ({ session, server }) => {
    const first = session.execute('DO SLEEP(1)');
    await expect(session.execute('DO 2')).rejects.toThrow('session is busy with "DO SLEEP(1)", cannot run "DO 2"');
    server.write(answer(okPayload()));
    await first;
  });
});

describe('close', () => {
  test('says goodbye', async () => {
    await withPair(async ({ session, server, received }) => {
      server.on('end', () => server.end());
      await session.close();
      expect(await received(5)).toEqual(toBytes(packet('\x01')));
    });
  });

  test('does not wait for ever for a server that hangs', async () => {
    const listener = createServer({ allowHalfOpen: true }, (socket) => socket.resume());
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const accepted = once(listener, 'connection') as Promise<[Socket]>;
    const client = connectSocket((listener.address() as AddressInfo).port, '127.0.0.1');
    const session = new Session(client, new StreamSource(client), 7);
    const [server] = await accepted;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closed = session.close();
    await vi.advanceTimersByTimeAsync(5000);
    await closed;
    server.destroy();
    listener.close();
  });

  test('drops a connection that is busy, and the command under way learns of it', async () => {
    await withPair(async ({ session }) => {
      const running = session.execute('DO SLEEP(1)');
      const failed = expect(running).rejects.toThrow(ConnectionLost);
      await session.close();
      await failed;
    });
  });
});
