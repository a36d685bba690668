import { initializeCanvas, readPsd } from 'ag-psd';
import { FaultyPicture, refuseIfTooLarge } from './faulty-picture.ts';
import type { Decoded } from './to-png.ts';

type CreateImageData = NonNullable<Parameters<typeof initializeCanvas>[1]>;

const createImageData: CreateImageData = (width, height) => {
  refuseIfTooLarge(width, height);
  return {
    width,
    height,
    data: new Uint8ClampedArray(width * height * 4),
    colorSpace: 'srgb',
  } as ReturnType<CreateImageData>;
};

/** The flattened picture that Photoshop stores beside the layers ("maximise compatibility"). */
export async function decodePsd(bytes: Buffer): Promise<Decoded> {
  // Height and width stand at 14 and 18 (Adobe Photoshop File Formats Specification, file header).
  refuseIfTooLarge(bytes.readUInt32BE(18), bytes.readUInt32BE(14));
  initializeCanvas(noCanvas, createImageData);
  const psd = readPsd(bytes, { useImageData: true, skipLayerImageData: true, skipThumbnail: true });
  if (psd.imageData === undefined) {
    throw new FaultyPicture(
      'The Photoshop file holds layers only. Save it with “Maximise compatibility”, or send it as PNG or TIFF.',
    );
  }
  const { data, width, height } = psd.imageData;
  return { rgba: new Uint8Array(data.buffer), width, height };
}

function noCanvas(): never {
  throw new Error('there is no canvas here');
}
