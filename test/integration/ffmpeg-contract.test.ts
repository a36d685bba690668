/** What workers/media/ffmpeg.ts needs of fluent-ffmpeg and of the ffmpeg at hand (ADR 0003). Needs ffmpeg; no server. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultLimits, findLinks } from '../../workers/media/cage.ts';
import { type FfmpegRun, runFfmpeg } from '../../workers/media/ffmpeg.ts';
import type { FfmpegProgress } from '../../workers/media/read-progress.ts';
import { runTool } from '../../workers/media/run-tool.ts';
import { startProgram } from '../support/farm-processes.ts';
import { makeTask } from '../support/make-task.ts';
import { probe, quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { until } from '../support/until.ts';

const fromMov = ['-protocol_whitelist', 'file', '-format_whitelist', 'mov', '-f', 'mov'];
const never = new AbortController().signal;

async function scratchFile(name: string): Promise<string> {
  return join((await makeTask({ params: {}, files: [] })).scratch, name);
}

/** Works for minutes unless something ends it. */
function endless(input: string, target: string): Pick<FfmpegRun, 'inputs' | 'outputs'> {
  return {
    inputs: [{ path: input, options: ['-stream_loop', '-1', ...fromMov] }],
    outputs: [
      {
        target,
        options: ['-t', '36000', '-c:v', 'libx264', '-preset', 'veryslow', '-threads', '1', '-an', '-f', 'mp4'],
      },
    ],
  };
}

function ffmpegsWith(argument: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(argument);
      } catch {
        return false;
      }
    })
    .map(Number)
    .filter((pid) => programOf(pid) === 'ffmpeg');
}

function programOf(pid: number): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return undefined;
  }
}

describe('running ffmpeg', () => {
  it('passes arguments with one space whole, and several outputs with their own options and a graph', async () => {
    const input = await renderClip('in.mp4', ...testSources(1), ...quickVideo);
    const [left, right] = [await scratchFile('left.mp4'), await scratchFile('right.mp4')];
    await runFfmpeg({
      inputs: [{ path: input, options: fromMov }],
      filterGraph: '[0:v]split=2[a][b];[b]scale=160:90[c]',
      outputs: [
        { target: left, options: ['-map', '[a]', ...quickVideo, '-metadata', 'title=two words', '-f', 'mp4'] },
        { target: right, options: ['-map', '[c]', ...quickVideo, '-f', 'mp4'] },
      ],
      inputName: 'in.mp4',
      signal: never,
    });
    const answer = await runTool({
      command: 'ffprobe',
      args: ['-v', 'error', '-show_entries', 'format_tags=title', '-of', 'csv=p=0', left],
      signal: never,
      timeoutMs: 10_000,
    });
    expect(answer.stdout.toString().trim()).toBe('two words');
    expect((await probe(right)).video).toMatchObject({ width: 160, height: 90 });
  });

  it('reports progress at least once a second, ending at the length', async () => {
    const input = await renderClip('in.mp4', ...testSources(2, '320x180', 50), ...quickVideo);
    const reports: (FfmpegProgress & { at: number })[] = [];
    const started = Date.now();
    await runFfmpeg({
      inputs: [{ path: input, options: ['-readrate', '1', ...fromMov] }],
      outputs: [{ target: await scratchFile('out.mp4'), options: [...quickVideo, '-f', 'mp4'] }],
      inputName: 'in.mp4',
      signal: never,
      onProgress: (progress) => reports.push({ ...progress, at: Date.now() - started }),
    });
    const gaps = reports.map(({ at }, index) => at - (reports[index - 1]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(1500);
    expect(reports.at(-1)?.seconds).toBeCloseTo(2, 0);
  });

  it('keeps reporting while an encoder is silent', async () => {
    const input = await renderClip('in.mp4', ...testSources(1, '160x90'), ...quickVideo);
    const abort = new AbortController();
    let reports = 0;
    const running = runFfmpeg({
      inputs: [{ path: input, options: ['-readrate', '0.0001', ...fromMov] }],
      outputs: [
        { target: await scratchFile('out.mp4'), options: [...quickVideo, '-stats_period', '100', '-f', 'mp4'] },
      ],
      inputName: 'in.mp4',
      signal: abort.signal,
      onProgress: () => {
        reports += 1;
        if (reports === 4) abort.abort(new Error('four reports'));
      },
    });
    await expect(running).rejects.toThrow('four reports');
  });

  it('ends the whole process group at an abort, with the reason of the abort', async () => {
    const input = await renderClip('in.mp4', ...testSources(1, '1280x720'), ...quickVideo);
    const target = await scratchFile('never.mp4');
    const abort = new AbortController();
    const running = runFfmpeg({
      ...endless(input, target),
      inputName: 'in.mp4',
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
    expect(ffmpegsWith(target)).toEqual([]);
  });

  it('stops work that stands still', async () => {
    const input = await renderClip('in.mp4', ...testSources(1), ...quickVideo);
    const running = runFfmpeg({
      inputs: [{ path: input, options: ['-readrate', '0.0001', ...fromMov] }],
      outputs: [{ target: await scratchFile('out.mp4'), options: [...quickVideo, '-f', 'mp4'] }],
      inputName: 'in.mp4',
      signal: never,
      stallMs: 2000,
    });
    await expect(running).rejects.toMatchObject({ code: 'deadline_exceeded', retryable: true });
  });

  it('says when the disk is full', async () => {
    const input = await renderClip('in.mp4', ...testSources(1), ...quickVideo);
    const running = runFfmpeg({
      inputs: [{ path: input, options: fromMov }],
      outputs: [{ target: '/dev/full', options: ['-an', ...quickVideo, '-f', 'mpegts'] }],
      inputName: 'in.mp4',
      signal: never,
    });
    await expect(running).rejects.toMatchObject({ code: 'scratch_full', retryable: true });
  });
});

describe('the cage', () => {
  it('starts programs with an empty environment and a process group of their own', async () => {
    const { stdout } = await runTool({ command: 'env', args: [], signal: never, timeoutMs: 10_000 });
    const names = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['HOME', 'LC_ALL', 'PATH']);
    const group = await runTool({
      command: 'sh',
      args: ['-c', 'ps -o pid=,pgid= -p $$'],
      signal: never,
      timeoutMs: 10_000,
    });
    const [pid, pgid] = group.stdout.toString().trim().split(/\s+/);
    expect(pgid).toBe(pid);
  });

  it('lets no network in where the kernel allows a namespace', async () => {
    if (!(await findLinks()).unshare)
      return void process.stdout.write('no user namespaces here: the network test has nothing to show\n');
    const { stdout } = await runTool({ command: 'cat', args: ['/proc/net/dev'], signal: never, timeoutMs: 10_000 });
    expect(
      stdout
        .toString()
        .match(/^\s*\w+:/gm)
        ?.map((name) => name.trim()),
    ).toEqual(['lo:']);
  });

  it('stops a run that takes too much processor time, too large a file, or too much memory', async () => {
    const input = await renderClip('in.mp4', ...testSources(1, '640x360'), ...quickVideo);
    const limited = async (limits: Partial<typeof defaultLimits>) => {
      const target = await scratchFile('out.mp4');
      const running = runFfmpeg({
        ...endless(input, target),
        inputName: 'in.mp4',
        signal: never,
        limits: { ...defaultLimits, ...limits },
      });
      const error = await running.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return {
        error,
        bytes: await stat(target).then(
          ({ size }) => size,
          () => 0,
        ),
      };
    };
    expect((await limited({ cpuSeconds: 1 })).error).toMatchObject({ code: 'deadline_exceeded', retryable: false });
    const large = await limited({ fileBytes: 20_000 });
    expect(large.error).toMatchObject({ code: 'input_invalid' });
    expect(large.bytes).toBeLessThanOrEqual(20_000);
    expect((await limited({ memoryBytes: 120 * 1024 ** 2 })).error).toBeInstanceOf(Error);
  });

  it('ends with its worker when that is killed', async () => {
    if (!(await findLinks()).setpriv)
      return void process.stdout.write('no setpriv here: a killed worker leaves its ffmpeg to finish\n');
    const input = await renderClip('in.mp4', ...testSources(20, '640x360'), ...quickVideo);
    const home = (await makeTask({ params: {}, files: [] })).scratch;
    const argv = ['transcode', input, '--out', home, '--video.speed', 'slow'];
    const worker = startProgram('workers/step/main.ts', { TMPDIR: home }, argv);
    onTestFinished(() => void worker.stop('SIGKILL'));
    const pid = await until(() => ffmpegsWith(input)[0], 'the ffmpeg of the worker');
    // A stopped process cannot come to its own end, so what ends it now is the death of its worker.
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => ffmpegsWith(input).forEach((left) => void process.kill(left, 'SIGKILL')));
    await worker.stop('SIGKILL');
    await until(() => ffmpegsWith(input).length === 0, 'the end of the ffmpeg of a killed worker');
  });

  it('kills a tool that says more than it may', async () => {
    const { signal } = await runTool({
      command: 'yes',
      args: [],
      signal: never,
      timeoutMs: 10_000,
      maxStdoutBytes: 1000,
    });
    expect(signal).toBe('SIGKILL');
  });
});
