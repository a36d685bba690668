import { describe, expect, it } from 'vitest';
import { clock, layOutSprite, writeSpriteTrack } from './sprite.ts';

const size = { width: 1280, height: 720 };

describe('layOutSprite', () => {
  it('has a picture every five seconds, rarer when there would be more than a hundred', () => {
    expect(layOutSprite(62, size, { everySeconds: 5 })).toMatchObject({
      count: 13,
      columns: 10,
      rows: 2,
      tile: { width: 160, height: 90 },
    });
    expect(layOutSprite(7200, size, {})).toMatchObject({ count: 100, everySeconds: 72 });
    expect(layOutSprite(0, size, {})).toMatchObject({ count: 1, rows: 1 });
  });
});

describe('writeSpriteTrack', () => {
  it('ends the last cue at the end of the video', () => {
    const track = writeSpriteTrack(layOutSprite(12, size, { everySeconds: 5, columns: 2 }), 12, 'a.jpg');
    expect(track).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:05.000\na.jpg#xywh=0,0,160,90\n\n' +
        '00:00:05.000 --> 00:00:10.000\na.jpg#xywh=160,0,160,90\n\n00:00:10.000 --> 00:00:12.000\na.jpg#xywh=0,90,160,90\n',
    );
  });

  it('writes hours', () => {
    expect(clock(3723.5)).toBe('01:02:03.500');
    expect(clock(59.9996)).toBe('00:01:00.000');
  });
});
