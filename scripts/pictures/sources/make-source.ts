import { extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { toPng } from '../../../workers/media/exotic/to-png.ts';
import { animateBoat } from './animate-boat.ts';
import { drawChart, drawLogo } from './draw-graphics.ts';
import { drawHarbour } from './draw-harbour.ts';
import { drawBrochure, drawForm, drawNote, drawPaper, drawSheet } from './draw-pdfs.ts';
import { drawPortrait } from './draw-portrait.ts';
import { filmClip, playMelody } from './film-clip.ts';
import { photograph } from './photograph.ts';
import { handbook, languages, letter, log, sales } from './write-texts.ts';

export interface SourceFile {
  readonly file: string;
  readonly bytes: Buffer;
}

type Make = () => Promise<Buffer>;

const harbour = () => photograph(drawHarbour(), 1600, 1067);
const portrait = () => photograph(drawPortrait(), 1200, 900);
const jpegOf = async (picture: Promise<Sharp>) => (await picture).jpeg({ quality: 90 }).toBuffer();

/** What the examples of the documents are made from, all drawn here: nobody else's picture, the same on every machine. */
const sources: Readonly<Record<string, Make>> = {
  'harbour.jpg': () => jpegOf(harbour()),
  'portrait.jpg': () => jpegOf(portrait()),
  'phone.jpg': async () => onItsSide(await portrait()),
  'scan.png': async () => scan(await portrait()),
  'cut-off.jpg': async () => cutOff(await (await harbour()).resize(640).jpeg({ quality: 90 }).toBuffer()),
  'glow.png': async () => inDisplayP3((await harbour()).resize(640).modulate({ saturation: 1.25 })),
  'ultra.jpg': async () => ultraHdr(await harbour()),
  'dull.jpg': async () => (await harbour()).linear(0.35, 120).jpeg({ quality: 90 }).toBuffer(),
  'stamp.png': async () =>
    (await harbour()).extract({ left: 850, top: 350, width: 540, height: 600 }).resize(60).png().toBuffer(),
  'boat.gif': animateBoat,
  'logo.png': () => sharp(Buffer.from(drawLogo())).png().toBuffer(),
  'chart.png': () => sharp(Buffer.from(drawChart())).png().toBuffer(),
  'clip.mp4': async () => filmClip(await jpegOf(harbour()), await jpegOf(portrait())),
  'melody.wav': playMelody,
  'drawing.svg': async () => Buffer.from(drawLogo()),
  'handbook.md': async () => Buffer.from(handbook),
  'letter.md': async () => Buffer.from(letter),
  'languages.md': async () => Buffer.from(languages),
  'report.log': async () => Buffer.from(log),
  'sales.json': async () => Buffer.from(sales),
  'brochure.pdf': drawBrochure,
  'paper.pdf': drawPaper,
  'sheet.pdf': drawSheet,
  'note.pdf': drawNote,
  'form.pdf': drawForm,
};

/** As a phone stores what it took upright: pixels on their side, and a tag that says so (EXIF orientation 6). */
async function onItsSide(picture: Sharp): Promise<Buffer> {
  const small = await picture.resize(800, 600).png().toBuffer();
  return sharp(small).rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer();
}

/** As a new phone stores a glowing sky: the same numbers, said to be those of Display P3, which reaches further than sRGB. */
async function inDisplayP3(picture: Sharp): Promise<Buffer> {
  const tagged = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
    .withIccProfile('p3')
    .png()
    .toBuffer();
  const { icc } = await sharp(tagged).metadata();
  const { data: rgba, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return toPng({ rgba, width: info.width, height: info.height, ...(icc === undefined ? {} : { icc }) });
}

/** In sharp 0.35, but not yet in its types. */
const ultraHdr = async (picture: Sharp) =>
  (sharp(await picture.resize(640).png().toBuffer()) as Sharp & { withGainMap(): Sharp })
    .withGainMap()
    .jpeg({ quality: 85 })
    .toBuffer();

/** As an upload that broke off leaves it. */
const cutOff = (jpeg: Buffer) => jpeg.subarray(0, Math.round(jpeg.length * 0.6));

/** A photograph on the glass of a scanner: far smaller than the page, with white around it. */
async function scan(picture: Sharp): Promise<Buffer> {
  const photo = await picture.resize(480, 360).png().toBuffer();
  return sharp(photo).extend({ top: 60, bottom: 160, left: 180, right: 90, background: '#fdfdfb' }).png().toBuffer();
}

const made = new Map<string, Promise<Buffer>>();

/** A source by its name without the extension; each is made once per process. */
export async function makeSource(name: string): Promise<SourceFile> {
  const file = Object.keys(sources).find((key) => key.slice(0, -extname(key).length) === name);
  if (file === undefined) {
    throw new Error(`An example uses "${name}"; the sources are ${Object.keys(sources).join(', ')}.`);
  }
  const bytes = made.get(file) ?? (sources[file] as Make)();
  made.set(file, bytes);
  return { file, bytes: await bytes };
}
