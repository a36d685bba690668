/** The file is at fault in a way its decoder can name; `message` is a sentence for the person who sent it. */
export class FaultyPicture extends Error {}

/** 64 million pixels, a phone's largest; checked from the header, before memory is taken. */
export const maxExoticPixels = 64_000_000;

export function refuseIfTooLarge(width: number, height: number): void {
  if (!(width > 0 && height > 0)) throw new FaultyPicture('The picture has no size: its header is damaged.');
  if (width * height <= maxExoticPixels) return;
  throw new FaultyPicture(
    `The picture has ${Math.round((width * height) / 1e6)} million pixels; in this format up to 64 million are read. ` +
      'Send it as JPEG or PNG.',
  );
}
