import { line } from '../page/axes.ts';
import type { Sheet } from '../page/canvas.ts';
import type { Cloud } from './cloud.ts';
import { type Rule, rules } from './rules.ts';

export const names: Readonly<Record<Rule, string>> = {
  uoro: 'UORO',
  forgets: 'forgets J',
  diagonal: 'diagonal of J',
  repeats: 'same signs',
  odd: 'ρ knows ν',
  scaled: '× 1.15',
};

interface Box {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

const isWide = (width: number) => width >= 620;
const gap = 12;
/** The line above each cloud with its name. */
const head = 20;

/** The height of the drawing, which has the cloud of UORO beside the impostors, or above them. */
export function heightFor(width: number): number {
  const row = head + smallSide(width);
  return isWide(width) ? 3 * row + 2 * gap : head + width + 2 * (row + gap);
}

function smallSide(width: number): number {
  // Beside: a square as high as three small ones with their names and gaps, and two columns of these.
  return isWide(width) ? (width - 4 * gap - 2 * head) / 5 : (width - 2 * gap) / 3;
}

function boxes(width: number): readonly Box[] {
  const side = smallSide(width);
  const big = isWide(width) ? 3 * side + 2 * (gap + head) : width;
  return Array.from({ length: rules.length + 1 }, (_, i): Box => {
    if (i === 0) return { left: 0, top: head, side: big };
    const columns = isWide(width) ? 2 : 3;
    const [column, row] = [(i - 1) % columns, Math.floor((i - 1) / columns)];
    const [left, top] = isWide(width) ? [big + gap, 0] : [0, head + big + gap];
    return { left: left + column * (side + gap), top: top + row * (head + side + gap) + head, side };
  });
}

/** How far the dots of a cloud are from its middle, across or along. */
const extentOf = ({ dots }: Cloud): number =>
  dots.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Beside the last cloud: what the marks mean. */
function drawLegend({ context, color, font }: Sheet, { left, top, side }: Box): void {
  context.font = font(11);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const [x, y] = [left + 8, top + side / 2];
  context.lineWidth = 1.4;
  context.strokeStyle = color('ink');
  cross(context, x, y - 12, 6);
  context.fillStyle = color('impostor');
  context.beginPath();
  context.arc(x, y + 12, 4.5, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = color('quiet');
  context.fillText('∂s/∂θ', x + 14, y - 12);
  context.fillText('mean of dots', x + 14, y + 12);
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, arm: number): void {
  line(context, x - arm, y, x + arm, y);
  line(context, x, y - arm, x, y + arm);
}

/** The mean of the first dots of a cloud. */
function meanOfFirst({ dots, mean }: Cloud, count: number): readonly [x: number, y: number] {
  if (2 * count >= dots.length) return mean;
  let [x, y] = [0, 0];
  for (let i = 0; i < count; i++) {
    x += dots[2 * i];
    y += dots[2 * i + 1];
  }
  return [x / count, y / count];
}

/** Draws each cloud as far as it is shown, with its mean so far and the derivative that it should be. */
export function drawClouds(sheet: Sheet, clouds: readonly Cloud[], shown: number): void {
  const reach = Math.min(3, Math.max(1.3, ...clouds.slice(1).map(({ miss }) => 1.25 * miss)));
  // All dots of UORO, unless a few are far away.
  const ownReach = Math.min(4, Math.max(2.6, ...clouds.slice(0, 1).map((own) => 1.04 * extentOf(own))));
  const places = boxes(sheet.width);
  clouds.forEach((cloud, i) => {
    drawOne(sheet, places[i], cloud, shown, i === 0 ? ownReach : reach);
  });
  drawLegend(sheet, places[clouds.length]);
}

function drawOne(
  { context, color, font }: Sheet,
  box: Box,
  cloud: Cloud,
  shown: number,
  reach: number,
): void {
  const { left, top, side } = box;
  const isOwn = cloud.rule === 'uoro';
  const [x0, y0, unit] = [left + side / 2, top + side / 2, side / 2 / reach];
  context.save();
  context.beginPath();
  context.roundRect(left + 0.5, top + 0.5, side - 1, side - 1, 8);
  context.fillStyle = color('sheet');
  context.fill();
  context.clip();
  context.fillStyle = color(isOwn ? 'uoro' : 'impostor');
  const count = Math.min(shown, cloud.dots.length / 2);
  const radius = isOwn ? 2.4 : 1.4;
  context.globalAlpha = Math.min(0.55, 14 / Math.sqrt(cloud.dots.length));
  for (let i = 0; i < count; i++) {
    context.beginPath();
    context.arc(x0 + unit * cloud.dots[2 * i], y0 - unit * cloud.dots[2 * i + 1], radius, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  context.lineWidth = isOwn ? 1.6 : 1.2;
  context.strokeStyle = color('ink');
  const arm = isOwn ? 11 : 7;
  cross(context, x0, y0, arm);
  if (count > 0) {
    const [mx, my] = meanOfFirst(cloud, count);
    const [x, y] = [x0 + unit * mx, y0 - unit * my];
    context.strokeStyle = color(isOwn ? 'uoro' : 'impostor');
    context.lineWidth = 2;
    line(context, x0, y0, x, y);
    context.fillStyle = color(isOwn ? 'uoro' : 'impostor');
    context.strokeStyle = color('sheet');
    context.beginPath();
    context.arc(x, y, isOwn ? 6 : 4.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.restore();
  context.font = font(isOwn ? 13 : 11);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillStyle = color(isOwn ? 'ink' : 'quiet');
  context.fillText(names[cloud.rule], left + 1, top - 7);
}
