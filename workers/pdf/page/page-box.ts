import { AppError } from '../../../shared/errors.ts';
import type { PdfParams } from '../contract.ts';
import { pointsPerMm, sheetPoints } from './page-sizes.ts';

/** A sheet and the area inside its margins, in points from the top left. */
export interface PageBox {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly innerWidth: number;
  readonly innerHeight: number;
}

type Orientation = PdfParams['page']['orientation'];

/** `lies` turns `auto` into what the content wants. @throws AppError when the margins leave no room. */
export function pageBox(page: PdfParams['page'], marginMm: number, lies?: 'portrait' | 'landscape'): PageBox {
  const given: readonly [number, number] =
    typeof page.size === 'string'
      ? sheetPoints(page.size)
      : [page.size.width * pointsPerMm, page.size.height * pointsPerMm];
  const [width, height] = turn(given, page.orientation === 'auto' ? (lies ?? 'auto') : page.orientation);
  const margin = margins(page.margin ?? marginMm, marginMm);
  const box = {
    width,
    height,
    left: margin.left,
    top: margin.top,
    innerWidth: width - margin.left - margin.right,
    innerHeight: height - margin.top - margin.bottom,
  };
  if (box.innerWidth < 36 || box.innerHeight < 36) throw noRoom();
  return box;
}

function turn([width, height]: readonly [number, number], orientation: Orientation): readonly [number, number] {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  if (orientation === 'auto') return [width, height];
  return orientation === 'portrait' ? [short, long] : [long, short];
}

type Margin = NonNullable<PdfParams['page']['margin']>;

function margins(margin: Margin, fallbackMm: number) {
  const side = (name: 'top' | 'right' | 'bottom' | 'left') =>
    (typeof margin === 'number' ? margin : (margin[name] ?? fallbackMm)) * pointsPerMm;
  return { top: side('top'), right: side('right'), bottom: side('bottom'), left: side('left') };
}

const noRoom = () =>
  new AppError(
    'invalid_request',
    'The margins leave less than 13 mm of the page. Make page.margin smaller or page.size larger.',
  );
