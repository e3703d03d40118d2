import { type Axis, axes, curve, line } from '../page/axes.ts';
import type { Sheet } from '../page/canvas.ts';
import { longest, type Racer, raceLength, racers, rightFrom, type Shares, tooMuch } from './setting.ts';

/** The loss of each racer over its steps so far, thinned on a logarithmic scale. */
export type Courses = Readonly<Record<Racer, readonly (readonly [step: number, loss: number])[]>>;

const steps: Axis = {
  from: 20,
  to: raceLength,
  isLogarithmic: true,
  ticks: [100, 1000, 10_000, 100_000].map((value) => [value, value.toLocaleString('en-US')] as const),
  title: 'steps',
};

const superscript = (power: number) =>
  `10${[...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')}`;

const losses: Axis = {
  from: 1e-32,
  to: tooMuch,
  isLogarithmic: true,
  ticks: [8, 0, -8, -16, -24, -32].map((power) => [10 ** power, superscript(power)] as const),
  title: 'loss',
};

/** The race: loss against step, both logarithmic. */
export function drawRace(sheet: Sheet, courses: Courses): void {
  const frame = axes(sheet, steps, losses);
  const { context, color } = sheet;
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  context.clip();
  context.lineJoin = 'round';
  for (const name of racers) {
    context.strokeStyle = color(name);
    context.lineWidth = name === 'uoro' ? 2.5 : 2;
    context.setLineDash(name === 'rtrl' ? [6, 4] : []);
    const points = courses[name].map(([step, loss]) => [step, Math.max(loss, 1e-40)] as const);
    curve(context, frame, points);
  }
  context.restore();
}

const window: Axis = {
  from: 1,
  to: longest,
  ticks: [1, 50, 100, 150, 200].map((value) => [value, String(value)] as const),
  title: 'steps looked back, T',
};

/** Some of the whole numbers of a range: 0, and 1 unless it would stand upon it. */
function wholeNumbers(low: number, high: number): readonly (readonly [number, string])[] {
  const spacing = Math.max(1, Math.ceil((high - low) / 4));
  const first = Math.ceil(low / spacing);
  const values = Array.from(
    { length: Math.floor(high / spacing) - first + 1 },
    (_, i) => (first + i) * spacing,
  );
  if (spacing === 2 || spacing === 3) values.push(1);
  return values.map((value) => [value, String(value).replace('-', '−')] as const);
}

/** The derivative that truncation sees by its length, as a share of the true one, and where T is. */
export function drawShares(sheet: Sheet, shares: Shares, at: number): (x: number) => number {
  const { context, color, font } = sheet;
  const all = [...shares.window, ...shares.blocks];
  const low = Math.min(-0.4, 1.08 * Math.min(...all));
  const high = Math.max(1.25, 1.08 * Math.max(...all.filter(Number.isFinite)));
  const frame = axes(sheet, window, {
    from: low,
    to: high,
    ticks: wholeNumbers(low, high),
    title: 'the derivative that is seen, as a share of the true one',
  });
  const zero = frame.y(0);
  context.fillStyle = color('wrong');
  context.fillRect(frame.left, zero, frame.right - frame.left, frame.bottom - zero);
  context.strokeStyle = color('quiet');
  line(context, frame.left, zero, frame.right, zero);
  context.fillStyle = color('quiet');
  context.font = font(11);
  context.textAlign = 'right';
  context.fillText('wrong sign', frame.right - 6, frame.bottom - 11);
  for (const name of ['blocks', 'window'] as const) {
    const own = shares[name];
    context.strokeStyle = color(name);
    context.fillStyle = color(name);
    context.lineWidth = 2;
    curve(
      context,
      frame,
      own.map((share, i) => [i + 1, share] as const),
    );
    const from = rightFrom(own);
    if (from !== undefined && from > 1) {
      context.textAlign = 'left';
      // Below the line, where no curve is: it rises here.
      context.fillText(`T = ${from}`, frame.x(from) + 8, zero + 11);
      context.beginPath();
      context.arc(frame.x(from), zero, 3, 0, 2 * Math.PI);
      context.fill();
    }
  }
  const x = frame.x(at);
  context.strokeStyle = color('ink');
  context.lineWidth = 1.5;
  line(context, x, frame.top, x, frame.bottom);
  for (const name of ['blocks', 'window'] as const) {
    context.fillStyle = color(name);
    context.strokeStyle = color('sheet');
    context.beginPath();
    context.arc(x, frame.y(shares[name][at - 1]), 5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  return frame.valueAt;
}
