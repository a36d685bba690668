/** Pure arithmetic: where each cell of a sheet lies. All in pixels. */

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly Cell[];
}

/** The picture's part of a cell; a caption lies below it. */
export interface Cell {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Wish {
  readonly count: number;
  readonly columns: number | undefined;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly gap: number;
  readonly captionHeight: number;
}

export function layOut({ count, columns, cellWidth, cellHeight, gap, captionHeight }: Wish): Sheet {
  const across = Math.min(count, columns ?? Math.ceil(Math.sqrt(count)));
  const down = Math.ceil(count / across);
  const stride = { x: cellWidth + gap, y: cellHeight + captionHeight + gap };
  return {
    width: gap + across * stride.x,
    height: gap + down * stride.y,
    cells: Array.from({ length: count }, (_, index) => ({
      left: gap + (index % across) * stride.x,
      top: gap + Math.floor(index / across) * stride.y,
      width: cellWidth,
      height: cellHeight,
    })),
  };
}
