import { AppError, InputError } from '../../../shared/errors.ts';
import type { InputFile } from '../../kind.ts';
import { explainImageError } from '../../media/explain-image-error.ts';
import { type OpenedImage, openImage } from '../../media/open-image.ts';
import { encodeForPdf, type PixelBox } from './encode-for-pdf.ts';

/** A picture on paper: `aspect` is width / height as people see it. */
export interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  encode(box: PixelBox, fit: 'inside' | 'outside'): Promise<Buffer>;
}

/** Of one TIFF file. */
const maxSheets = 5000;

/** Vector drawings are rasterised for a page of A3 at about 200 dpi. */
const vectorSidePx = 3200;

/** @throws InputError that names the file: a step may have a thousand. */
export async function openPicture(input: InputFile): Promise<Picture> {
  return toPicture(input, await naming(input, () => openImage(input, { vectorSidePx })));
}

/** Every page of a scan: TIFF files may hold many; anything else is one picture. */
export async function* openSheets(input: InputFile): AsyncGenerator<Picture> {
  const first = await naming(input, () => openImage(input, { vectorSidePx }));
  yield toPicture(input, first);
  for (let page = 2; page <= sheetsOf(first); page++) {
    yield toPicture(input, await naming(input, () => openImage(input, { page })));
  }
}

/** How many pages the inputs will give. */
export async function countSheets(inputs: readonly InputFile[]): Promise<number> {
  let count = 0;
  for (const input of inputs) {
    count +=
      input.mediaType === 'image/tiff' ? sheetsOf(await naming(input, () => openImage(input, { vectorSidePx }))) : 1;
  }
  return count;
}

const sheetsOf = ({ format, metadata }: OpenedImage) =>
  format === 'tiff' ? Math.min(metadata.pages ?? 1, maxSheets) : 1;

function toPicture(input: InputFile, opened: OpenedImage): Picture {
  return {
    name: input.name,
    width: opened.width,
    height: opened.height,
    encode: (box, fit) => naming(input, () => encodeExplained(opened, box, fit)),
  };
}

async function encodeExplained(image: OpenedImage, box: PixelBox, fit: 'inside' | 'outside'): Promise<Buffer> {
  try {
    return await encodeForPdf(image, box, fit);
  } catch (error) {
    throw explainImageError(error, image.format);
  }
}

async function naming<T>(input: InputFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.publicMessage.includes(input.name)) throw error;
    const message = `“${input.name}”: ${error.publicMessage}`;
    throw error instanceof InputError
      ? new InputError(message, error.cause)
      : new AppError(error.code, message, { retryable: error.retryable, cause: error.cause });
  }
}
