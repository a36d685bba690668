import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import { type FaceFile, filesForScript, scriptOf } from './script-fonts.ts';

const resolve = createRequire(import.meta.url).resolve;

export interface FaceStyle {
  readonly family: 'text' | 'mono';
  readonly bold: boolean;
  readonly italic: boolean;
}

/** One opened font. `ascent` and `descent` (negative) are thousandths of the size, as are all widths here. */
export interface Face {
  readonly font: fontkit.Font;
  readonly name: string;
  readonly scale: number;
  readonly ascent: number;
  readonly descent: number;
}

/** Picks a face for each character: the bundled fonts first, then what the machine has. Fonts are opened when first needed. */
export interface FontBook {
  /** The face for the letters of a style. */
  main(style: FaceStyle): Face;
  /** The best face that has the character; the main face (an empty box) when none has. */
  pick(codePoint: number, style: FaceStyle): Face;
}

export function openFontBook(systemFonts: ReadonlyMap<string, string>): FontBook {
  const faces = new Map<string, Face | undefined>();
  const picks = new Map<string, Face>();

  function open(path: string, faceName?: string): Face | undefined {
    const key = `${path}#${faceName ?? ''}`;
    if (!faces.has(key)) faces.set(key, openFace(path, faceName));
    return faces.get(key);
  }

  function main(style: FaceStyle): Face {
    const face = open(bundledFile(style));
    if (face === undefined) throw new Error('a bundled font is missing: run npm ci');
    return face;
  }

  function* candidates(codePoint: number, style: FaceStyle): Generator<Face | undefined> {
    yield main(style);
    yield open(bundledFile({ ...style, family: 'text' }));
    const script = scriptOf(String.fromCodePoint(codePoint));
    if (script !== undefined) yield* system(filesForScript(script, style.bold));
    yield open(dejaVu(style.bold ? 'DejaVuSans-Bold' : 'DejaVuSans'));
    if (script === undefined)
      yield* system([...filesForScript(undefined, false), ...filesForScript('CJK', style.bold)]);
  }

  function* system(files: readonly FaceFile[]): Generator<Face | undefined> {
    for (const { file, face } of files) {
      const path = systemFonts.get(file);
      if (path !== undefined) yield open(path, face);
    }
  }

  function find(codePoint: number, style: FaceStyle): Face {
    for (const face of candidates(codePoint, style)) {
      if (face?.font.hasGlyphForCodePoint(codePoint)) return face;
    }
    return main(style);
  }

  return {
    main,
    pick(codePoint, style) {
      const key = `${codePoint}${style.family}${style.bold}${style.italic}`;
      const known = picks.get(key);
      if (known !== undefined) return known;
      const face = find(codePoint, style);
      picks.set(key, face);
      return face;
    },
  };
}

function openFace(path: string, faceName?: string): Face | undefined {
  const opened = fontkit.create(readFileSync(path), faceName);
  if (opened.type !== 'TTF' && opened.type !== 'WOFF') return undefined;
  const scale = 1000 / opened.unitsPerEm;
  return {
    font: opened,
    name: faceName ?? opened.postscriptName,
    scale,
    ascent: opened.ascent * scale,
    descent: opened.descent * scale,
  };
}

function bundledFile({ family, bold, italic }: FaceStyle): string {
  if (family === 'mono') {
    return dejaVu(`DejaVuSansMono${bold || italic ? '-' : ''}${bold ? 'Bold' : ''}${italic ? 'Oblique' : ''}`);
  }
  const name = `${bold ? '700Bold' : '400Regular'}${italic ? '_Italic' : ''}`;
  return resolve(`@expo-google-fonts/noto-sans/${name}/NotoSans_${name}.ttf`);
}

const dejaVu = (name: string) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
