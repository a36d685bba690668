/** 2 000 resize jobs as fast as the API takes them, on real RabbitMQ, PostgreSQL and S3 with separate processes. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type RunningFarm, startRealFarm } from '../test/support/farm-processes.ts';
import { makePhoto } from '../test/support/make-media.ts';
import type { Servers } from '../test/support/servers.ts';
import { startServers } from '../test/support/start-servers.ts';

const jobs = Number(process.env.BENCH_JOBS ?? 2000);
const submitters = 16;
const timeLimitMs = 600_000;

export async function bench(print: (line: string) => void): Promise<void> {
  const running = process.env.FARM_TEST_SERVERS || undefined;
  const given = running === undefined ? await startServers() : undefined;
  const servers = given?.servers ?? (JSON.parse(await readFile(running ?? '', 'utf8')) as Servers);
  const hooks = await countWebhooks();
  const farm = await startRealFarm({ FARM_LOG_LEVEL: 'warn' }, servers);
  try {
    await measure(farm, hooks, print);
  } finally {
    await farm.close();
    hooks.close();
    await given?.close();
  }
}

async function measure(farm: RunningFarm, hooks: WebhookCounter, print: (line: string) => void): Promise<void> {
  const upload = await farm.client.upload('photo.jpg', await makePhoto(640, 480));
  const job = {
    input: upload.id,
    steps: { thumb: { kind: 'resize', width: 160, format: 'webp' } },
    webhook: { url: hooks.url },
  };
  const rss = watchMemory(farm.programs.get('api')?.child.pid ?? 0);
  const startedAt = Date.now();
  let submitted = 0;
  const submitAll = async () => {
    while (submitted < jobs) {
      submitted += 1;
      await farm.client.submit(job);
    }
  };
  await Promise.all(Array.from({ length: submitters }, submitAll));
  const acceptedMs = Date.now() - startedAt;
  await hooks.reached(jobs, timeLimitMs);
  const totalMs = Date.now() - startedAt;
  const memory = rss.stop();
  const cpu = await cpuByPart(farm);
  const done = await readAll(farm);
  const latencies = done.map((one) => Date.parse(one.finishedAt) - Date.parse(one.createdAt)).sort((a, b) => a - b);
  const at = (fraction: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * fraction))];
  print(`jobs submitted        ${jobs} by ${submitters} connections, ${perSecond(jobs, acceptedMs)} accepted/s`);
  print(
    `jobs succeeded        ${done.filter((one) => one.status === 'succeeded').length}, ${perSecond(jobs, totalMs)} jobs/s end to end (webhook included)`,
  );
  print(`submit to finished    p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (all at once: most of it is waiting in line)`);
  print(`webhooks              ${hooks.total()} received for ${hooks.distinct()} jobs`);
  print(`cpu per job           ${cpu.map(([part, ms]) => `${part} ${(ms / jobs).toFixed(1)} ms`).join(', ')}`);
  print(`api memory            ${memory.first} MiB at start, ${memory.peak} MiB peak, ${memory.last} MiB at the end`);
}

const perSecond = (count: number, ms: number) => (count / (ms / 1000)).toFixed(0);

interface FinishedJob {
  readonly id: string;
  readonly status: string;
  readonly createdAt: string;
  readonly finishedAt: string;
}

async function readAll(farm: RunningFarm): Promise<FinishedJob[]> {
  const found: FinishedJob[] = [];
  let after = '';
  do {
    const { body } = await farm.client.call('GET', `/v1/jobs?limit=100${after === '' ? '' : `&after=${after}`}`);
    found.push(...body.data);
    after = body.nextCursor ?? '';
  } while (after !== '');
  return found;
}

interface WebhookCounter {
  readonly url: string;
  total(): number;
  distinct(): number;
  reached(count: number, timeoutMs: number): Promise<void>;
  close(): void;
}

async function countWebhooks(): Promise<WebhookCounter> {
  const seen = new Set<string>();
  let total = 0;
  let check = () => {};
  const server = createServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    response.writeHead(204).end();
    total += 1;
    seen.add(event.data.job.id);
    check();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    total: () => total,
    distinct: () => seen.size,
    reached: (count, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${seen.size} of ${count} webhooks within ${timeoutMs} ms`)),
          timeoutMs,
        );
        check = () => {
          if (seen.size < count) return;
          clearTimeout(timer);
          resolve();
        };
        check();
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** User and system time of each process so far, in milliseconds; includes its start (about a second). */
async function cpuByPart(farm: RunningFarm): Promise<[string, number][]> {
  const ticksPerSecond = 100;
  const readings = [...farm.programs].map(async ([name, program]): Promise<[string, number]> => {
    const stat = await readFile(`/proc/${program.child.pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [name, ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000];
  });
  return await Promise.all(readings);
}

/** Resident memory of a process from /proc, every 250 ms, in MiB. */
function watchMemory(pid: number): { stop(): { first: number; peak: number; last: number } } {
  const samples: number[] = [];
  const sample = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
    if (Number.isFinite(kib)) samples.push(Math.round(kib / 1024));
  };
  const timer = setInterval(sample, 250);
  return {
    stop: () => {
      clearInterval(timer);
      return { first: samples[0] ?? 0, peak: Math.max(0, ...samples), last: samples.at(-1) ?? 0 };
    },
  };
}
