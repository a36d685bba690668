import { describe, expect, it } from 'vitest';
import { nameDemuxer } from './sniff-demuxer.ts';

const bytes = (...parts: (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: frames of 417 bytes. */
const mp3Frame = bytes([0xff, 0xfb, 0x90, 0x00], Array(413).fill(0));

describe('nameDemuxer', () => {
  it.each([
    ['mov', bytes([0, 0, 0, 24], 'ftypisom')],
    ['matroska', bytes([0x1a, 0x45, 0xdf, 0xa3])],
    ['avi', bytes('RIFF', [0, 0, 0, 0], 'AVI LIST')],
    ['wav', bytes('RF64', [255, 255, 255, 255], 'WAVEds64')],
    ['ogg', bytes('OggS')],
    ['flac', bytes('fLaC')],
    ['aac', bytes([0xff, 0xf1, 0x50, 0x80])],
    ['eac3', bytes([0x0b, 0x77, 0, 0, 0, 16 << 3])],
    ['ac3', bytes([0x0b, 0x77, 0, 0, 0, 8 << 3])],
    ['amr', bytes('#!AMR\n')],
    ['mpeg', bytes([0, 0, 1, 0xba])],
    ['gif', bytes('GIF89a')],
  ])('knows %s', (demuxer, head) => {
    expect(nameDemuxer(head)).toBe(demuxer);
  });

  it('finds a transport stream that begins inside a packet', () => {
    const packet = bytes([0x47], Array(187).fill(1));
    expect(nameDemuxer(bytes(Array(50).fill(7), ...Array(6).fill([...packet])))).toBe('mpegts');
  });

  it('looks behind an ID3 tag', () => {
    const tag = bytes('ID3', [4, 0, 0, 0, 0, 0, 6], 'abcdef');
    expect(nameDemuxer(bytes([...tag], 'fLaC....'))).toBe('flac');
    expect(nameDemuxer(bytes([...tag], [...mp3Frame]))).toBe('mp3');
  });

  it('finds MP3 frames behind junk, and no MP3 where frames do not follow each other', () => {
    const frames = Array(5).fill([...mp3Frame]) as number[][];
    expect(nameDemuxer(bytes('junk that is no media', ...frames))).toBe('mp3');
    expect(
      nameDemuxer(bytes('junk', [...mp3Frame], 'text', [...mp3Frame], 'text', [...mp3Frame], 'text')),
    ).toBeUndefined();
  });

  it.each([
    '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n',
    'ffconcat version 1.0\nfile a.mp4\n',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '',
  ])('takes %j for no media', (text) => {
    expect(nameDemuxer(bytes(text))).toBeUndefined();
  });
});
