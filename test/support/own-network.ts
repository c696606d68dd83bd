/**
 * A network of a program's own, and a wire from it to a server that a test can cut: nothing passes any more and nobody is told,
 * neither by a FIN nor by a reset. The wire is a pair of devices, one in the program's network name space and one here.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import type { Before } from './cli.ts';

/** Makes the wire, from within the new name space, and then becomes what follows. */
const MAKE_WIRE = `device=$1 here=$2 there=$3 test=$4; shift 4
  ip link add wire type veth peer name "$device" netns "$test" || exit 98
  ip addr add "$there/30" dev wire && ip link set wire up || exit 98
  nsenter --net --target "$test" sh -c "ip addr add $here/30 dev $device && ip link set $device up" || exit 98
  echo 3 > /proc/sys/net/ipv4/tcp_retries2
  exec "$@"`;

interface Wire {
  readonly device: string;
  readonly here: string;
  readonly there: string;
}

/** In the addresses that are kept for trying networks out (RFC 2544). */
function newWire(): Wire {
  const [third = 0, fourth = 0, ...name] = randomBytes(6);
  const network = `198.18.${third}`;
  const first = fourth & 0xfc;
  return {
    device: `tsdump${Buffer.from(name).toString('hex')}`,
    here: `${network}.${first + 1}`,
    there: `${network}.${first + 2}`,
  };
}

function making({ device, here, there }: Wire): Before {
  return ['unshare', '--net', 'sh', '-c', MAKE_WIRE, 'sh', device, here, there, String(process.pid)];
}

/** Only the system's administrator may. */
export function mayHaveNetworks(): boolean {
  const [command = '', ...args] = making(newWire());
  return spawnSync(command, [...args, 'true']).status === 0;
}

export interface OwnNetwork {
  /** Where the program finds the server. */
  readonly host: string;
  readonly port: number;
  /** Runs a program in this network. What it sends is sent four times more, within seconds, and then it is lost. */
  readonly before: Before;
  /** Resolves when the wire is cut. */
  readonly cut: Promise<void>;
  readonly mend: () => void;
}

export interface CutWhen {
  readonly from: 'server' | 'client';
  /** Of all connections together. */
  readonly afterBytes: number;
}

/** Lends a network whose wire is cut when so many bytes have passed. */
export async function withOwnNetwork<T>(
  server: { readonly host: string; readonly port: number },
  { from, afterBytes }: CutWhen,
  use: (network: OwnNetwork) => Promise<T>,
): Promise<T> {
  const wire = newWire();
  const setWire = (state: 'up' | 'down'): void => {
    execFileSync('ip', ['link', 'set', wire.device, state]);
  };
  const sockets = new Set<Socket>();
  let leftBytes = afterBytes;
  let tellCut: () => void = () => undefined;
  const cut = new Promise<void>((resolve) => {
    tellCut = resolve;
  });
  const forward = (source: Socket, sink: Socket, isCounted: boolean): void => {
    source.on('data', (chunk) => {
      if (isCounted && leftBytes > 0 && (leftBytes -= chunk.length) <= 0) {
        setWire('down');
        tellCut();
      }
      if (!sink.write(chunk)) source.pause();
    });
    sink.on('drain', () => source.resume());
    source.on('close', () => sink.destroy());
    source.on('error', () => sink.destroy());
  };
  const listener = createServer((client) => {
    if (client.remoteAddress !== wire.there) return void client.destroy();
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay());
    forward(client, upstream, from === 'client');
    forward(upstream, client, from === 'server');
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '0.0.0.0', resolve);
  });
  const { port } = listener.address() as AddressInfo;
  try {
    return await use({ host: wire.here, port, before: making(wire), cut, mend: () => setWire('up') });
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.close();
    // What the program could not say goodbye to keeps its name space for a while. The wire goes with it where that is gone.
    spawnSync('ip', ['link', 'delete', wire.device]);
  }
}
