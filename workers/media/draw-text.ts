import { createRequire } from 'node:module';
import sharp, { type TextAlign } from 'sharp';
import { InputError } from '../../shared/errors.ts';

/** Pixels a text itself may have; a page at full width stays below. */
const maxTextPixels = 16_000_000;

export interface TextWish {
  readonly text: string;
  readonly letterPx: number;
  /** Lines break here; left out, only where the text breaks them. */
  readonly widthPx?: number;
  /** As CSS writes it (default white). */
  readonly colour?: string | undefined;
  /** A family known to fontconfig; the default is bundled, and the machine's fonts stand behind either. */
  readonly font?: string | undefined;
  readonly align?: TextAlign;
}

/**
 * A text as a PNG with a clear ground, as large as it needs to be: shaped by Pango, so any script and direction.
 * @throws InputError when nothing of it can be seen, or it would be larger than any picture
 */
export async function drawText({ text, letterPx, widthPx, colour, font, align }: TextWish): Promise<Buffer> {
  const [r = 255, g = 255, b = 255] = await sharp({
    create: { width: 1, height: 1, channels: 3, background: colour ?? 'white' },
  })
    .raw()
    .toBuffer();
  const hex = `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  const drawn = sharp({
    text: {
      text: `<span foreground="${hex}">${escapeMarkup(text)}</span>`,
      font: `${font ?? 'Noto Sans'} ${letterPx}px`,
      fontfile: notoSans(),
      rgba: true,
      ...(widthPx === undefined ? {} : { width: widthPx }),
      ...(align === undefined ? {} : { align }),
    },
    limitInputPixels: maxTextPixels,
  });
  try {
    return await drawn.png().toBuffer();
  } catch (error) {
    throw explain(error, text);
  }
}

/** Pango and Cairo, in their words; anything else is not the text's fault. */
function explain(error: unknown, text: string): unknown {
  const message = error instanceof Error ? error.message : '';
  const shown = `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
  if (/no text to render/.test(message))
    return new InputError(`Nothing of the text ${shown} can be seen. Write letters.`);
  if (!/too big|exceeds pixel limit|too large/i.test(message)) return error;
  return new InputError(
    `The text ${shown} is too long for letters of this size. Shorten it, or make the letters smaller.`,
  );
}

const notoSans = () =>
  createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf');

/** The value is Pango markup. Control characters would end it early. */
const escapeMarkup = (text: string) =>
  text
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
