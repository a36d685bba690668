/**
 * A private RabbitMQ node of the installed package, as a plain child process on free loopback ports: no service, no
 * Docker, no root. Everything it writes lies in one folder. The pid is the Erlang VM, so signals reach the broker itself.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Enough to use a running node; plain data, so it can cross processes as JSON. */
export interface RabbitmqAddress {
  /** `amqp://user:password@host:port`, default vhost. */
  readonly url: string;
  /** `http://user:password@host:port` of the management API. */
  readonly managementUrl: string;
}

export interface RabbitmqNode extends RabbitmqAddress {
  /** Of the Erlang VM now running. */
  readonly pid: number;
  /** Clean stop (TERM); the data stay. */
  stop(): Promise<void>;
  /** kill -9; the data stay as they lie on the disk. */
  kill(): Promise<void>;
  /** Starts again on the same ports and data after `stop` or `kill` (after a clean stop if it still runs). */
  restart(): Promise<void>;
  /** Runs `rabbitmqctl`; answers its stdout. Slow (about 2 s): prefer the management API. */
  ctl(...args: string[]): Promise<string>;
  /** Ends every process of it and removes the folder if it made one. Idempotent. */
  close(): Promise<void>;
}

interface Layout {
  readonly home: string;
  readonly dir: string;
  readonly amqpPort: number;
  readonly environment: NodeJS.ProcessEnv;
}

const readyWithinMs = 60_000;
const stopWithinMs = 30_000;

export async function startRabbitmq(options: { readonly dir?: string } = {}): Promise<RabbitmqNode> {
  const home = await findServer();
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'farm-rabbitmq-')));
  const [amqpPort, managementPort, distPort, epmdPort] = await freePorts(4);
  const environment = describeEnvironment(home, dir, distPort, epmdPort);
  await writeConfiguration(dir, amqpPort, managementPort);
  const layout: Layout = { home, dir, amqpPort, environment };
  // The VM would start epmd as a daemon nobody owns; ours ends with the node.
  const epmd = spawn('epmd', ['-address', '127.0.0.1', '-port', String(epmdPort)], { stdio: 'ignore' });
  const running = { vm: await startVm(layout).catch(closeAfter(epmd)) };

  const killVm = () => endProcess(running.vm, 'SIGKILL');
  const stopVm = () => endProcess(running.vm, 'SIGTERM');
  const killAtExit = () => void [running.vm, epmd].map((child) => child.kill('SIGKILL'));
  process.once('exit', killAtExit);
  return {
    url: `amqp://guest:guest@127.0.0.1:${amqpPort}`,
    managementUrl: `http://guest:guest@127.0.0.1:${managementPort}`,
    get pid() {
      return running.vm.pid ?? -1;
    },
    stop: stopVm,
    kill: killVm,
    async restart() {
      await stopVm();
      running.vm = await startVm(layout);
    },
    async ctl(...args) {
      const done = await promisify(execFile)(join(home, 'sbin/rabbitmqctl'), args, { env: environment, cwd: dir });
      return done.stdout;
    },
    async close() {
      process.off('exit', killAtExit);
      await killVm();
      await endProcess(epmd, 'SIGKILL');
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Creates an empty vhost (about 0.1 s) and answers its amqp URL. */
export async function freshVhost(node: RabbitmqAddress, prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomBytes(6).toString('hex')}`;
  await callManagement(node, 'PUT', `/api/vhosts/${name}`, {});
  const everything = { configure: '.*', write: '.*', read: '.*' };
  await callManagement(node, 'PUT', `/api/permissions/${name}/${new URL(node.url).username}`, everything);
  return `${node.url}/${name}`;
}

/** Drops a vhost of `freshVhost` with all its queues and connections. */
export async function dropVhost(node: RabbitmqAddress, vhostUrl: string): Promise<void> {
  await callManagement(node, 'DELETE', `/api/vhosts${new URL(vhostUrl).pathname}`);
}

/** One call of the management API; answers the parsed JSON, or undefined for an empty answer. */
export async function callManagement(
  node: RabbitmqAddress,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { origin, username, password } = new URL(node.managementUrl);
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`RabbitMQ management: ${method} ${path} answered ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The unpacked server: `sbin` of the package, not the wrapper in /usr/sbin, which insists on its own user. */
async function findServer(): Promise<string> {
  const parents = ['/usr/lib/rabbitmq/lib', '/opt/homebrew/opt', '/usr/local/lib'];
  for (const parent of parents) {
    const names = await readdir(parent).catch(() => []);
    const found = names.filter((name) => name.startsWith('rabbitmq_server-')).sort();
    const newest = found.at(-1);
    if (newest !== undefined) return join(parent, newest);
  }
  throw new Error(
    `RabbitMQ is not installed (looked in ${parents.join(', ')}). Debian: apt-get install rabbitmq-server`,
  );
}

function describeEnvironment(home: string, dir: string, distPort: number, epmdPort: number): NodeJS.ProcessEnv {
  return {
    HOME: dir,
    LANG: 'C.UTF-8',
    PATH: `${home}/sbin:${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `farm${distPort}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_CONFIG_FILES: join(dir, 'conf.d'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'advanced.config'),
    RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(dir, 'rabbit.pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, 'generated'),
    RABBITMQ_SCHEMA_DIR: join(dir, 'schema'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Without it the start script stays in front of the VM and swallows signals.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

async function writeConfiguration(dir: string, amqpPort: number, managementPort: number): Promise<void> {
  for (const name of ['mnesia', 'log', 'conf.d']) await mkdir(join(dir, name), { recursive: true });
  const cookie = join(dir, '.erlang.cookie');
  await access(cookie).catch(() => writeFile(cookie, randomBytes(16).toString('hex'), { mode: 0o400 }));
  await writeFile(join(dir, 'enabled_plugins'), '[rabbitmq_management].\n');
  await writeFile(
    join(dir, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${amqpPort}`,
      'management.tcp.ip = 127.0.0.1',
      `management.tcp.port = ${managementPort}`,
      'log.console = true',
      'log.file = false',
      // A small machine's tests must not trip over the alarms of a production broker.
      'disk_free_limit.absolute = 50MB',
      'consumer_timeout = 14400000',
      '',
    ].join('\n'),
  );
}

async function startVm(layout: Layout): Promise<ChildProcess> {
  const logPath = join(layout.dir, 'log', 'console.log');
  const log = openSync(logPath, 'a');
  const vm = spawn(join(layout.home, 'sbin/rabbitmq-server'), [], {
    cwd: layout.dir,
    env: layout.environment,
    stdio: ['ignore', log, log],
  });
  const deadline = Date.now() + readyWithinMs;
  while (!(await speaksAmqp(layout.amqpPort))) {
    if (hasEnded(vm)) throw new Error(`RabbitMQ ended while starting:\n${await tail(logPath)}`);
    if (Date.now() > deadline) {
      await endProcess(vm, 'SIGKILL');
      throw new Error(`RabbitMQ was not ready within ${readyWithinMs / 1000} s:\n${await tail(logPath)}`);
    }
    await pause(100);
  }
  return vm;
}

/** True when the port answers a protocol header, as only a booted broker does. */
function speaksAmqp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\x00\x00\x09\x01', 'latin1'));
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(2000, () => answer(false));
    socket.once('data', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(impatience);
}

const hasEnded = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

function closeAfter(epmd: ChildProcess): (error: unknown) => never {
  return (error) => {
    epmd.kill('SIGKILL');
    throw error;
  };
}

async function tail(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(-20).join('\n');
}

/** Below the range outgoing connections are given (32768 up), so that a port stays free across a restart. */
async function freePorts(count: number): Promise<[number, number, number, number]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 15_000 + Math.floor(Math.random() * 16_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports] as [number, number, number, number];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
