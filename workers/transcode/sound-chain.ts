import type { Task } from '../kind.ts';
import { likelihoodOfLimiting } from '../media/limiting.ts';
import { measureLoudness, plainGain, planLimiter } from '../media/loudness.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { inStages, type Reporter } from '../media/stages.ts';
import { forecastMeasuring } from './forecast-sound.ts';
import { fades } from './picture-graph.ts';
import type { AudioPlan, Plan } from './plan.ts';
import type { Listening } from './work-stages.ts';

/** Its 0 … 1 is measuring the loudness. */
type Reporting = Pick<Task<unknown>, 'signal'> & Reporter & Listening;

/**
 * From the decoded sound to the encoder: holes filled and kept at the picture's clock, then what was asked for.
 */
export async function soundChain(task: Reporting, source: Source, plan: Plan, audio: AudioPlan): Promise<string> {
  const before = ['aresample=async=1', ...mapping(audio), ...(audio.gain === 0 ? [] : [`volume=${audio.gain}dB`])];
  return [
    ...before,
    ...(await loudnessFilter(task, source, plan, audio, before)),
    ...fades(plan, 'afade'),
    ...tempo(plan.speed),
  ].join(',');
}

/**
 * Channels counted from 1, mixed in equal parts so that nothing clips. What is only moved is not left to pan: it takes a shortcut
 * there that gets layouts other than its guess wrong (seen in 5.1.9: quad comes out 2 dB low and 8 dB low).
 */
function mapping({ map, encoding }: AudioPlan): string[] {
  if (map === undefined) return encoding.layout === undefined ? [] : [`aformat=channel_layouts=${encoding.layout}`];
  const layout = encoding.layout ?? 'stereo';
  if (map.every((from) => from.length === 1))
    return [`channelmap=${map.map(([from = 1], to) => `${from - 1}-${to}`).join('|')}:${layout}`];
  const mixes = map.map((from, to) => {
    const share = (1 / from.length).toFixed(6);
    return `c${to}=${from.map((channel) => `${share}*c${channel - 1}`).join('+')}`;
  });
  return [`pan=${layout}|${mixes.join('|')}`];
}

/** Measured cheaply first: the dear way is gone only where the peaks have to be limited. */
async function loudnessFilter(
  task: Reporting,
  source: Source,
  plan: Plan,
  audio: AudioPlan,
  before: readonly string[],
): Promise<string[]> {
  const target = audio.loudness;
  if (target === undefined) return [];
  const mix = `aformat=channel_layouts=${audio.encoding.channels === 1 ? 'mono' : audio.encoding.channels === 2 ? 'stereo' : `${audio.encoding.channels}c`}`;
  const mixed = audio.encoding.channels <= 2 ? [mix] : [];
  const seconds = plan.clip.seconds * plan.speed;
  const stages = inStages(task, forecastMeasuring());
  const heard = (stage: number) => reportFraction(stages.at(stage), seconds, [0, 1]);
  const expect = (limiting: number) => {
    stages.expect(1, forecastMeasuring(limiting)[1]);
    task.expectLimiting?.(plan.audio.indexOf(audio), limiting);
  };
  const run = {
    signal: task.signal,
    before: [...onlyTheClip(plan), ...before, ...mixed],
    inputOptions: plan.clip.inputOptions,
  };
  const track = audio.stream.index;
  const { loudness } = await measureLoudness(source, track, {
    ...run,
    onLoudness: (running, at) => expect(likelihoodOfLimiting(running, target, seconds > 0 ? at / seconds : 0)),
    onProgress: heard(0),
  });
  const { integrated, truePeak, range } = loudness;
  if (integrated === undefined || truePeak === undefined || range === undefined) {
    expect(0);
    return [];
  }
  const measured = { integrated, truePeak, range };
  const gain = plainGain(measured, target);
  expect(gain === undefined ? 1 : 0);
  if (gain !== undefined) return [...mixed, gain];
  return [...mixed, await planLimiter(source, track, measured, target, { ...run, onProgress: heard(1) })];
}

/** The options that cut the result cut it behind the filters: a meter would hear what lies around the clip. */
function onlyTheClip({ clip, speed }: Plan): string[] {
  const { leadSeconds: from } = clip;
  const bounds = [
    ...(from > 0 ? [`start=${from.toFixed(6)}`] : []),
    ...(clip.ends ? [`end=${(from + clip.seconds * speed).toFixed(6)}`] : []),
  ];
  return bounds.length === 0 ? [] : [`atrim=${bounds.join(':')}`];
}

/** One atempo takes 0.5 and more. */
function tempo(speed: number): string[] {
  if (speed === 1) return [];
  return speed < 0.5 ? ['atempo=0.5', `atempo=${speed / 0.5}`] : [`atempo=${speed}`];
}
