import type { Place } from '../media/places.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Placing {
  readonly position: Place;
  /** Points. */
  readonly margin: number;
  /** Degrees, clockwise. */
  readonly angle: number;
}

/** The middle of a box on a page, from the top left; a turned box keeps all its corners inside the margins where it can. */
export function placeBox(page: Size, box: Size, { position, margin, angle }: Placing): { x: number; y: number } {
  const turn = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
  const across = box.width * cos + box.height * sin;
  const down = box.width * sin + box.height * cos;
  return {
    x: along(position.includes('left'), position.includes('right'), page.width, across, margin),
    y: along(position.includes('top'), position.includes('bottom'), page.height, down, margin),
  };
}

function along(start: boolean, end: boolean, length: number, extent: number, margin: number): number {
  if (start) return margin + extent / 2;
  return end ? length - margin - extent / 2 : length / 2;
}
