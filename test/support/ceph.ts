/**
 * A real S3 server: Ceph (one monitor, one in-memory object store, one RADOS gateway) as plain child processes on free
 * loopback ports, as root or any other user. Its data are gone when it stops.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';

/** Plain data, so it can cross processes as JSON. */
export interface S3Address {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Ceph extends S3Address {
  /** Ends every process of it and removes its directory. Idempotent. */
  close(): Promise<void>;
}

interface Layout {
  readonly dir: string;
  readonly conf: string;
  readonly fsid: string;
  /** The monitor's two addresses (messenger v2 and v1), as Ceph writes them. */
  readonly monitors: string;
  readonly port: number;
}

const readyWithinMs = 90_000;

export async function startCeph(): Promise<Ceph> {
  const dir = await mkdtemp(join(tmpdir(), 'farm-ceph-'));
  const daemons: ChildProcess[] = [];
  const killAtExit = () => void daemons.map((daemon) => daemon.kill('SIGKILL'));
  process.once('exit', killAtExit);
  const close = async () => {
    process.off('exit', killAtExit);
    await Promise.all(daemons.map(endDaemon));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const layout = await prepare(dir);
    return { ...(await startDaemons(layout, daemons)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDaemons(layout: Layout, daemons: ChildProcess[]): Promise<S3Address> {
  const { conf, port } = layout;
  const daemon = (name: string, args: readonly string[]) => {
    const started = startDaemon(layout, name, args);
    daemons.push(started);
    return started;
  };
  const until = (what: string, daemon: ChildProcess, check: () => Promise<boolean>) =>
    waitFor(layout, what, daemon, check);

  const monitor = daemon('ceph-mon', ['-i', 'a']);
  const uuid = randomUUID();
  await until('the monitor', monitor, () =>
    succeeds('ceph', ['-c', conf, '--connect-timeout', '5', 'osd', 'new', uuid]),
  );
  await run('ceph', ['-c', conf, 'auth', 'import', '-i', join(layout.dir, 'keyring')]);
  await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', uuid]);

  // Neither waits for the other: both wait in Ceph for the object store to be up, and each makes the pools it misses.
  const storage = daemon('ceph-osd', ['-i', '0']);
  const gateway = daemon('radosgw', ['-n', 'client.rgw.a']);
  const endpoint = `http://127.0.0.1:${port}`;
  await until('the gateway', gateway, () =>
    fetch(endpoint).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  const accessKeyId = randomBytes(8).toString('hex');
  const secretAccessKey = randomBytes(16).toString('hex');
  const user = ['--uid', 'farm', '--display-name', 'farm', '--access-key', accessKeyId, '--secret', secretAccessKey];
  await until('the user', storage, () => succeeds('radosgw-admin', ['-c', conf, 'user', 'create', ...user]));
  return { endpoint, accessKeyId, secretAccessKey };
}

/** Writes the configuration, the keys and the monitor's first map. */
async function prepare(dir: string): Promise<Layout> {
  const [v2, v1, port] = (await freePorts(3)) as [number, number, number];
  const layout: Layout = {
    dir,
    conf: join(dir, 'ceph.conf'),
    fsid: randomUUID(),
    monitors: `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`,
    port,
  };
  await Promise.all(['mon', 'osd', 'rgw', 'log'].map((name) => mkdir(join(dir, name))));
  await writeFile(layout.conf, configuration(layout));
  await writeFile(join(dir, 'keyring'), keyring(), { mode: 0o600 });
  const map = join(dir, 'monmap');
  await run('monmaptool', ['--create', '--fsid', layout.fsid, '--addv', 'a', layout.monitors, map]);
  const keys = join(dir, 'keyring');
  await run('ceph-mon', ['-c', layout.conf, '--mkfs', '-i', 'a', '--keyring', keys, '--monmap', map]);
  return layout;
}

function configuration({ dir, fsid, monitors, port }: Layout): string {
  return `[global]
fsid = ${fsid}
mon_host = ${monitors}
public_network = 127.0.0.0/8
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = ${dir}/keyring
setuser_match_path = /nonexistent
run_dir = ${dir}
admin_socket =
log_file = ${dir}/log/$name.log
mon_data = ${dir}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 1
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
osd_data = ${dir}/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
rgw_data = ${dir}/rgw
rgw_frontends = beast endpoint=127.0.0.1:${port}
[mon.a]
host = localhost
mon_addr = 127.0.0.1
`;
}

/** A cephx key: type 1, creation time (0), length 16, the key; all little-endian, in base64. */
function cephxKey(): string {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0]);
  return Buffer.concat([header, randomBytes(16)]).toString('base64');
}

function keyring(): string {
  const holders = {
    'mon.': { mon: 'allow *' },
    'client.admin': { mon: 'allow *', osd: 'allow *', mgr: 'allow *' },
    'client.rgw.a': { mon: 'allow rw', osd: 'allow rwx' },
    'osd.0': { mon: 'allow profile osd', osd: 'allow *' },
  };
  const sections = Object.entries(holders).map(([name, caps]) => {
    const lines = Object.entries(caps).map(([service, cap]) => `\tcaps ${service} = "${cap}"\n`);
    return `[${name}]\n\tkey = ${cephxKey()}\n${lines.join('')}`;
  });
  return sections.join('');
}

function startDaemon({ dir, conf }: Layout, program: string, args: readonly string[]): ChildProcess {
  const output = openSync(join(dir, 'log', `${program}.out`), 'a');
  const daemon = spawn(program, ['-c', conf, ...args, '-f'], { stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  // A program that is missing shows as ended; `waitFor` reports it.
  daemon.on('error', () => undefined);
  return daemon;
}

async function endDaemon(daemon: ChildProcess): Promise<void> {
  if (hasEnded(daemon)) return;
  const ended = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await ended;
}

function hasEnded(daemon: ChildProcess): boolean {
  return daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null;
}

async function waitFor(
  { dir }: Layout,
  what: string,
  daemon: ChildProcess,
  check: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  while (!(await check())) {
    const late = Date.now() > deadline;
    if (late || hasEnded(daemon)) {
      const output = await readFile(join(dir, 'log', `${daemon.spawnfile}.out`), 'utf8').catch(() => '');
      const why = late ? `was not ready within ${readyWithinMs / 1000} s` : 'ended while starting';
      throw new Error(`Ceph: ${what} ${why}:\n${output.slice(-2000)}`);
    }
    await pause(50);
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args, { timeout: readyWithinMs });
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return await run(program, args).then(
    () => true,
    () => false,
  );
}
