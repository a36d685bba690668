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
  const open = createOpener();
  const picks = new Map<string, Face>();

  const mains = new Map<string, Face>();

  function main(style: FaceStyle): Face {
    const key = `${style.family}${style.bold}${style.italic}`;
    const face = mains.get(key) ?? open(bundledFile(style));
    if (face === undefined) throw new Error('a bundled font is missing: run npm ci');
    mains.set(key, face);
    return face;
  }

  return {
    main,
    pick(codePoint, style) {
      const key = `${codePoint}${style.family}${style.bold}${style.italic}`;
      const known = picks.get(key);
      if (known !== undefined) return known;
      const face = find(codePoint, candidateFiles(codePoint, style, systemFonts), open) ?? main(style);
      picks.set(key, face);
      return face;
    },
  };
}

type OpenFace = (path: string, face?: string) => Face | undefined;

/** Opens each font once; a file that is not a font counts as absent. */
function createOpener(): OpenFace {
  const faces = new Map<string, Face | undefined>();
  return (path, faceName) => {
    const key = `${path}#${faceName ?? ''}`;
    if (!faces.has(key)) faces.set(key, openFace(path, faceName));
    return faces.get(key);
  };
}

function find(codePoint: number, files: Iterable<FaceFile>, open: OpenFace): Face | undefined {
  for (const { file, face } of files) {
    const opened = open(file, face);
    if (opened?.font.hasGlyphForCodePoint(codePoint)) return opened;
  }
  return undefined;
}

/** Paths to try, best first: what comes with the farm, what the machine has for the script, DejaVu, symbols. */
function* candidateFiles(
  codePoint: number,
  style: FaceStyle,
  systemFonts: ReadonlyMap<string, string>,
): Generator<FaceFile> {
  const script = scriptOf(String.fromCodePoint(codePoint));
  yield { file: bundledFile(style) };
  yield { file: bundledFile({ ...style, family: 'text' }) };
  if (script !== undefined) yield* installed(filesForScript(script, style.bold), systemFonts);
  yield { file: dejaVu(style.bold ? 'DejaVuSans-Bold' : 'DejaVuSans') };
  if (script !== undefined) return;
  yield* installed([...filesForScript(undefined, false), ...filesForScript('CJK', style.bold)], systemFonts);
}

function* installed(files: readonly FaceFile[], systemFonts: ReadonlyMap<string, string>): Generator<FaceFile> {
  for (const { file, ...face } of files) {
    const path = systemFonts.get(file);
    if (path !== undefined) yield { file: path, ...face };
  }
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
