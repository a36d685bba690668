import { fromOklab, type Oklab, toOklab } from './oklab.ts';
import type { Sample } from './take-sample.ts';

export interface Swatch {
  /** `#rrggbb` */
  readonly colour: string;
  /** Its part of the picture, 0–1. */
  readonly share: number;
}

/** Rounds of k-means; colours settle in five to ten. */
const rounds = 12;

/** Two swatches nearer than this look the same and become one. */
const sameColour = 0.04;

/** Less of a colour than this is an edge between two others. */
const leastShare = 0.02;

/** The main colours, the largest part first: k-means in OKLab, where distance is what the eye sees. Clear pixels do not count. */
export function makePalette(sample: Sample, count: number): readonly Swatch[] {
  const points: Oklab[] = [];
  const { rgba } = sample;
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at + 3] as number) < 128) continue;
    points.push(toOklab(rgba[at] as number, rgba[at + 1] as number, rgba[at + 2] as number));
  }
  if (points.length === 0) return [];
  let centres = spreadOut(points, Math.max(count, 5));
  let groups = assign(points, centres);
  for (let round = 0; round < rounds; round++) {
    centres = groups.filter((group) => group.length > 0).map(mean);
    groups = assign(points, centres);
  }
  const merged = mergeAlike(centres.map((centre, index) => ({ centre, size: groups[index]?.length ?? 0 })));
  return merged
    .filter(({ size }) => size >= points.length * leastShare)
    .sort((a, b) => b.size - a.size)
    .slice(0, count)
    .map(({ centre, size }) => ({
      colour: fromOklab(centre),
      share: Math.round((size / points.length) * 1000) / 1000,
    }));
}

/** Each start is the point farthest from those before, so the same picture always gives the same palette. */
function spreadOut(points: readonly Oklab[], count: number): readonly Oklab[] {
  const centres: Oklab[] = [mean(points)];
  const nearest = points.map(() => Number.POSITIVE_INFINITY);
  while (centres.length < count) {
    const last = centres.at(-1) as Oklab;
    let farthest = 0;
    for (const [index, point] of points.entries()) {
      nearest[index] = Math.min(nearest[index] as number, distance(point, last));
      if ((nearest[index] as number) > (nearest[farthest] as number)) farthest = index;
    }
    centres.push(points[farthest] as Oklab);
  }
  return centres;
}

function assign(points: readonly Oklab[], centres: readonly Oklab[]): readonly Oklab[][] {
  const groups: Oklab[][] = centres.map(() => []);
  for (const point of points) {
    let best = 0;
    for (let index = 1; index < centres.length; index++) {
      if (distance(point, centres[index] as Oklab) < distance(point, centres[best] as Oklab)) best = index;
    }
    groups[best]?.push(point);
  }
  return groups;
}

interface Group {
  readonly centre: Oklab;
  readonly size: number;
}

function mergeAlike(groups: readonly Group[]): readonly Group[] {
  const merged: Group[] = [];
  for (const group of [...groups].sort((a, b) => b.size - a.size)) {
    const alike = merged.findIndex(({ centre }) => distance(centre, group.centre) < sameColour ** 2);
    const kept = merged[alike];
    if (kept === undefined) merged.push(group);
    else merged[alike] = { ...kept, size: kept.size + group.size };
  }
  return merged;
}

function mean(points: readonly Oklab[]): Oklab {
  const sum: [number, number, number] = [0, 0, 0];
  for (const [l, a, b] of points) {
    sum[0] += l;
    sum[1] += a;
    sum[2] += b;
  }
  return [sum[0] / points.length, sum[1] / points.length, sum[2] / points.length];
}

/** Squared, which orders the same. */
const distance = (p: Oklab, q: Oklab) => (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2;
