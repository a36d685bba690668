import { describe, expect, it } from 'vitest';
import { sniffMediaType } from './media-type.ts';

const sniff = (text: string | Buffer, name = 'file') => sniffMediaType(Buffer.from(text as string), name);

describe('sniffMediaType', () => {
  it('goes by content, whatever the name says', async () => {
    expect(await sniff(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'song.mp3')).toBe('image/png');
    expect(await sniff('%PDF-1.7\n', 'photo.jpg')).toBe('application/pdf');
  });

  it('finds SVG behind declarations and comments', async () => {
    expect(await sniff('<?xml version="1.0"?><!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg"/>')).toBe(
      'image/svg+xml',
    );
    expect(await sniff('<svg width="1"></svg>', 'a.txt')).toBe('image/svg+xml');
  });

  it('tells kinds of text apart by the name only', async () => {
    expect(await sniff('# Title\n', 'README.md')).toBe('text/markdown');
    expect(await sniff('# Title\n', 'notes')).toBe('text/plain');
    expect(await sniff('#EXTM3U\n', 'movie.mp4')).toBe('application/vnd.apple.mpegurl');
  });

  it('says unknown for empty files and for bytes that are no text', async () => {
    expect(await sniff('')).toBe('application/octet-stream');
    expect(await sniff(Buffer.from([1, 2, 3, 0, 255, 254, 7]))).toBe('application/octet-stream');
  });
});
