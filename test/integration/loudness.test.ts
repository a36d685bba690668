/** Loudness and true peak, measured and brought about, against a meter of its own. Needs ffmpeg; no server. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readLoudnorm } from '../../workers/media/loudness.ts';
import { fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { renderClip } from '../support/render-clip.ts';
import { runKind } from '../support/run-kind.ts';

const run = promisify(execFile);

async function listen(path: string, filter: string): Promise<string> {
  const { stderr } = await run('ffmpeg', ['-nostdin', '-i', path, '-map', '0:a:0', '-af', filter, '-f', 'null', '-']);
  return stderr;
}

/** By ebur128: LUFS and dBTP. */
async function meter(path: string) {
  const summary = (await listen(path, 'ebur128=peak=true')).split('Summary:').at(-1) ?? '';
  return {
    lufs: Number(/I: +(\S+) LUFS/.exec(summary)?.[1]),
    truePeak: Number(/Peak: +(\S+) dBFS/.exec(summary)?.[1]),
  };
}

const heard = (path: string) => runKind('loudness', {}, path).then(({ output }) => output.facts ?? {});

describe('measuring', () => {
  // EBU Tech 3341, cases 1 and 2: a stereo sine of 1 kHz has its level in LUFS; 3342, case 1: twenty seconds of each of two levels.
  it.each([
    ['-23 dBFS', '0.0708', 20, { lufs: -23, truePeak: -23, loudnessRange: 0 }],
    ['-33 dBFS', '0.0224', 20, { lufs: -33, truePeak: -33, loudnessRange: 0 }],
    ['-20, then -30 dBFS', 'if(lt(t,20),0.1,0.0316)', 40, { truePeak: -20, loudnessRange: 10 }],
  ])('hears a tone of %s as the standard says', async (_level, amplitude, seconds, expected) => {
    const tone = `${amplitude}*sin(2*PI*1000*t)`;
    const path = await renderClip('in.flac', '-f', 'lavfi', '-i', `aevalsrc='${tone}|${tone}':d=${seconds}:s=48000`);
    const facts = await heard(path);
    for (const [name, value] of Object.entries(expected))
      expect(Math.abs(Number(facts[name]) - value)).toBeLessThan(0.2);
  });

  it('hears a peak between the samples', async () => {
    // A quarter of the sample rate, so that every sample lies at 0.707 of the crest, -9 dBFS.
    const between = "aevalsrc='0.5*sin(2*PI*12000*t+PI/4)':d=2:s=48000";
    const { truePeak } = await heard(await renderClip('in.wav', '-f', 'lavfi', '-i', between));
    expect(Math.abs(Number(truePeak) + 6.02)).toBeLessThan(0.7);
  });

  it('has no loudness for silence, and a peak alone for a click', async () => {
    const silence = await heard(await renderClip('in.wav', '-f', 'lavfi', '-i', 'anullsrc=d=1'));
    expect(silence).toMatchObject({ lufs: null, truePeak: null, loudnessRange: null });
    const click = await heard(await renderClip('in.wav', '-f', 'lavfi', '-i', 'aevalsrc=0.5*sin(2*PI*440*t):d=0.2'));
    expect(click).toMatchObject({ lufs: null, loudnessRange: null });
    expect(Math.abs(Number(click.truePeak) + 6.02)).toBeLessThan(0.2);
  });

  it.skipIf(!fixturesPresent)(
    `agrees with loudnorm (${fixturesPresent ? 'real sounds' : fixturesAbsent})`,
    async () => {
      const files = readFixtures().filter(({ file }) =>
        /speech\.wav|sound_5|bear-id3|bear_vorbis|40_-_5|192khz/.test(file),
      );
      expect(files.length).toBeGreaterThanOrEqual(5);
      for (const { path } of files) {
        const other = readLoudnorm(await listen(path, 'loudnorm=print_format=json'));
        const facts = await heard(path);
        expect(Math.abs(Number(facts.lufs) - (other?.integrated ?? 0))).toBeLessThan(0.25);
        expect(Math.abs(Number(facts.truePeak) - (other?.truePeak ?? 0))).toBeLessThan(0.15);
      }
    },
  );
});

describe('bringing sound to a loudness', () => {
  const noise = (seconds: number) => `anoisesrc=d=${seconds}:a=0.1:c=pink:r=48000:seed=1`;
  /** Soft, with a loud tone now and then: no gain reaches the loudness without the ceiling. */
  const knocks = (seconds: number) => `${noise(seconds)},aeval='val(0)+0.3*lt(mod(t,1),0.05)*sin(2*PI*997*t)':c=same`;

  it.each([
    ['alone', {}],
    ['at another speed', { speed: 2 }],
  ])('goes by the clip %s', async (_, more) => {
    const around = "aevalsrc='if(between(t,2,6),0.05,0.5)*sin(2*PI*997*t)':d=8:s=48000";
    const path = await renderClip('in.wav', '-f', 'lavfi', '-i', around);
    const clip = { start: 2, end: 6 };
    const { output } = await runKind('transcode', { preset: 'flac', clip, audio: { loudness: -23 }, ...more }, path);
    expect((await meter(output.path)).lufs).toBeCloseTo(-23, 0);
  });

  it.each([
    ['limited', knocks(12), -16, -1.5],
    ['limited lower', knocks(12), -20, -6],
    ['limited, of a moment', knocks(2.5), -16, -1.5],
    ['by a gain alone', noise(12), -23, -1.5],
  ])('never rises above the ceiling: %s', async (how, source, loudness, truePeak) => {
    const path = await renderClip('in.wav', '-f', 'lavfi', '-i', source);
    const before = await meter(path);
    const limited = before.truePeak + (loudness - before.lufs) > truePeak;
    expect(limited).toBe(how.startsWith('limited'));
    const { output } = await runKind('transcode', { preset: 'flac', audio: { loudness, truePeak } }, path);
    const after = await meter(output.path);
    // The limiter works at 192 kHz; going back to 48 kHz may lift a peak by this much.
    expect(after.truePeak).toBeLessThan(truePeak + 0.2);
    expect(after.lufs).toBeLessThan(loudness + (limited ? 0.5 : 0.15));
    // Where a peak was cut, its loudness is gone.
    expect(after.lufs).toBeGreaterThan(loudness - (limited ? 2.5 : 0.15));
  });
});
