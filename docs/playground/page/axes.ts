import type { Sheet } from './canvas.ts';

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly isLogarithmic?: boolean;
  readonly ticks: readonly (readonly [value: number, text: string])[];
  readonly title?: string;
}

/** A frame with two axes: where its values are on the sheet. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(value: number): number;
  y(value: number): number;
  /** The value at a place, the other way round. */
  valueAt(x: number): number;
}

const margin = { left: 46, right: 14, top: 20, bottom: 34 };

/** Draws the lines and the numbers of two axes. */
export function axes({ context, width, height, color, font }: Sheet, across: Axis, up: Axis): Frame {
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const place = (axis: Axis, start: number, end: number) => {
    const scale = (value: number) => (axis.isLogarithmic ? Math.log10(value) : value);
    const [low, high] = [scale(axis.from), scale(axis.to)];
    return {
      at: (value: number) => start + ((scale(value) - low) / (high - low)) * (end - start),
      back: (at: number) => {
        const value = low + ((at - start) / (end - start)) * (high - low);
        return axis.isLogarithmic ? 10 ** value : value;
      },
    };
  };
  const [horizontal, vertical] = [place(across, left, right), place(up, bottom, top)];
  context.font = font(11);
  context.lineWidth = 1;
  context.strokeStyle = color('line');
  context.fillStyle = color('quiet');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const [value, text] of up.ticks) {
    const y = Math.round(vertical.at(value)) + 0.5;
    line(context, left, y, right, y);
    context.fillText(text, left - 7, y);
  }
  context.textAlign = 'center';
  for (const [value, text] of across.ticks) {
    // One at the end stays whole.
    const last = width - context.measureText(text).width / 2;
    context.fillText(text, Math.min(horizontal.at(value), last), bottom + 12);
  }
  if (across.title !== undefined) {
    context.textAlign = 'right';
    context.fillText(across.title, right, bottom + 26);
  }
  if (up.title !== undefined) {
    context.textAlign = 'left';
    context.fillText(up.title, left, top - 9);
  }
  return { left, right, top, bottom, x: horizontal.at, y: vertical.at, valueAt: horizontal.back };
}

export function line(
  context: CanvasRenderingContext2D,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** A line through points; it is cut where a value is not finite. */
export function curve(
  context: CanvasRenderingContext2D,
  { x, y }: Pick<Frame, 'x' | 'y'>,
  points: Iterable<readonly [x: number, y: number]>,
): void {
  context.beginPath();
  let isDown = false;
  for (const [across, up] of points) {
    const [a, b] = [x(across), y(up)];
    if (!Number.isFinite(a) || !Number.isFinite(b)) isDown = false;
    else if (isDown) context.lineTo(a, b);
    else {
      context.moveTo(a, b);
      isDown = true;
    }
  }
  context.stroke();
}
