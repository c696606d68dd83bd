/**
 * Servers from Debian's packages, each lane in a root of its own, which debootstrap builds from the mirror apt is set up
 * with. A root is built once and kept in the user's cache folder, an initialised datadir with it; instances copy that datadir.
 *
 * Guaranteed: a root under its final name is whole (it is built under another name and renamed), two processes never
 * build the same one at once, and nothing outside the cache folder changes, unless debootstrap has to be installed.
 */

import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { findProgram, output, succeeds } from './command.ts';
import type { Installation } from './instance.ts';
import { privateServers } from './instance.ts';
import type { Lane } from './lane.ts';
import { installDbArguments } from './local.ts';
import type { FindSource } from './server.ts';
import { Supervisor } from './supervise.ts';

export const findInDebian: FindSource = async (lane, log) => {
  if (lane.debian === undefined) return 'no Debian suite has packages of it';
  if (process.platform !== 'linux' || findProgram('apt-get') === undefined) return 'no apt here';
  if (process.getuid?.() !== 0) return 'a root of Debian packages can only be built as root';
  const root = join(cacheFolder(), lane.name);
  await mkdir(dirname(root), { recursive: true });
  if (!existsSync(root)) {
    await withLock(`${root}.lock`, async () => {
      if (!existsSync(root)) await buildRoot(lane, lane.debian ?? { suite: '', packages: [] }, root, log);
    });
  }
  return privateServers(lane, installationIn(root, lane));
};

function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'tsdump-test-servers');
}

/** flock(1) holds the lock until its supervisor ends it, so that kill -9 of this process frees it too. */
async function withLock(path: string, use: () => Promise<void>): Promise<void> {
  const holder = new Supervisor({ folders: [] });
  try {
    await holder.start(
      ['flock', '--no-fork', path, 'sh', '-c', 'echo held; exec sleep infinity'],
      /held/,
      LOCK_WITHIN_MS,
    );
    await use();
  } finally {
    await holder.end();
  }
}

/** A build takes a minute; on a slow line ten. */
const LOCK_WITHIN_MS = 15 * 60_000;

/** Everything is one shell under one supervisor, so that an interrupted build leaves neither processes nor files. */
const BUILD = `set -e
suite=$1 packages=$2 root=$3 mirror=$4; shift 4
debootstrap --variant=minbase --include="$packages" "$suite" "$root" "$mirror"
chroot "$root" useradd --system mysql
chroot "$root" install --directory --owner=mysql --group=mysql /srv/instances /srv/template
chroot "$root" "$@"
rm -f "$root"/srv/template/auto.cnf "$root"/var/cache/apt/archives/*.deb`;

async function buildRoot(
  lane: Lane,
  { suite, packages }: NonNullable<Lane['debian']>,
  root: string,
  log: (line: string) => void,
): Promise<void> {
  await removeLeftovers(root);
  await withLock(join(dirname(root), 'apt.lock'), () => installDebootstrap(log));
  const mirror = await debianMirror(log);
  log(`${lane.name}: building a root of Debian ${suite} with ${packages.join(' and ')}, once, about a minute`);
  const building = await mkdtemp(`${root}.building-`);
  // It becomes '/' to the user mysql.
  await chmod(building, 0o755);
  const supervisor = new Supervisor({ folders: [building] });
  try {
    const values = [suite, packages.join(','), building, mirror, ...initialiseCommand(lane)];
    await supervisor.run([...(await ownMounts()), ...(await proxied()), 'sh', '-c', BUILD, 'sh', ...values]);
    await rename(building, root);
  } finally {
    await supervisor.end();
  }
}

/** A machine that lost power in a build leaves an unfinished root; we hold the lock, so nobody is building it. */
async function removeLeftovers(root: string): Promise<void> {
  const names = await readdir(dirname(root));
  for (const name of names.filter((each) => each.startsWith(`${basename(root)}.building-`))) {
    await rm(join(dirname(root), name), { recursive: true });
  }
}

function initialiseCommand(lane: Lane, path = '/srv/template'): string[] {
  return lane.product === 'MySQL'
    ? ['mysqld', '--no-defaults', '--initialize-insecure', '--user=mysql', `--datadir=${path}`]
    : ['mariadb-install-db', ...installDbArguments(path), '--user=mysql'];
}

async function installDebootstrap(log: (line: string) => void): Promise<void> {
  if (findProgram('debootstrap') !== undefined) return;
  log('installing debootstrap');
  const install = [...APT_GET, 'install', '--yes', '--no-install-recommends', 'debootstrap', 'debian-archive-keyring'];
  if (await succeeds(install, APT_WITHIN_MS)) return;
  await updatePackageLists();
  await output(install, APT_WITHIN_MS);
}

const APT_GET = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '--quiet'];
const APT_WITHIN_MS = 5 * 60_000;

/** One dead source of many fails the update, yet the lists of the others are there: what needs them will tell. */
async function updatePackageLists(): Promise<void> {
  await succeeds([...APT_GET, 'update'], APT_WITHIN_MS);
}

/** The archive that apt itself takes for Debian's main one, as told by the archive's own Release file. */
async function debianMirror(log: (line: string) => void): Promise<string> {
  const known = await askMirror();
  if (known !== undefined) return known;
  log('updating the package lists');
  await updatePackageLists();
  const updated = await askMirror();
  if (updated === undefined) throw new Error("none of apt's sources is a Debian archive");
  return updated;
}

async function askMirror(): Promise<string | undefined> {
  const of = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  const lines = await output(['apt-get', 'indextargets', '--format', '$(REPO_URI)', ...of]);
  return lines.split('\n').find((line) => line !== '');
}

/** debootstrap mounts /proc in the new root; in a mount name space that ends with it, however it ends. */
async function ownMounts(): Promise<string[]> {
  const unshare = ['unshare', '--mount'];
  return (await succeeds([...unshare, 'true'], 5_000)) ? unshare : [];
}

/** debootstrap fetches by itself and does not know apt's proxy. */
async function proxied(): Promise<string[]> {
  const proxy = (await output(['apt-config', 'shell', 'proxy', 'Acquire::http::Proxy'])).match(/^proxy='(.+)'$/m)?.[1];
  return proxy === undefined ? [] : ['env', `http_proxy=${proxy}`];
}

function installationIn(root: string, lane: Lane): Installation {
  const [server, client] = lane.product === 'MySQL' ? ['mysqld', 'mysql'] : ['mariadbd', 'mariadb'];
  return {
    origin: 'debian',
    root,
    server: ['chroot', root, `/usr/sbin/${server}`],
    client: ['chroot', root, `/usr/bin/${client}`],
    instances: join(root, 'srv/instances'),
    user: 'mysql',
    newDataDirectory: (path, initial) =>
      lane.product === 'MySQL' && initial.length > 0
        ? ['chroot', root, ...initialiseCommand(lane, path.slice(root.length)), ...initial]
        : ['cp', '--archive', '--reflink=auto', join(root, 'srv/template'), path],
  };
}
