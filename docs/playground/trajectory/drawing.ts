import { type Axis, axes, curve, line } from '../page/axes.ts';
import type { Sheet } from '../page/canvas.ts';
import type { Camera } from './camera.ts';
import type { Trail } from './study.ts';

type Point = readonly [number, number, number];

const corners: readonly Point[] = [-1, 1].flatMap((x) =>
  [-1, 1].flatMap((y) => [-1, 1].map((z): Point => [x, y, z])),
);
/** The pairs of corners that differ in one coordinate. */
const edges = corners.flatMap((a, i) =>
  corners.slice(i + 1).flatMap((b) => (a.filter((value, k) => value !== b[k]).length === 1 ? [[a, b]] : [])),
);
const colors = ['quiet', 'uoro', 'blocks'];
/** Steps from faint to strong. */
const bands = 7;

/** The path of the state through its cube, older parts fainter; a dot where it stood, in the colour of the symbol. */
export function drawTrail({ context, width, height, color }: Sheet, camera: Camera, trail: Trail): void {
  const place = (point: Point) => camera.project(point, width, height);
  context.strokeStyle = color('line');
  context.lineWidth = 1;
  for (const [a, b] of edges) {
    const [from, to] = [place(a), place(b)];
    line(context, from.x, from.y, to.x, to.y);
  }
  const { states, symbols } = trail;
  const count = symbols.length;
  const places = Array.from({ length: count }, (_, i) =>
    place([states[3 * i], states[3 * i + 1], states[3 * i + 2]]),
  );
  context.lineCap = 'round';
  context.lineWidth = 1.6;
  // A path for all that has one colour and about one age: a path for each line would take most of a frame.
  for (let band = 0; band < bands; band++) {
    const own = places.map((_, i) => i).filter((i) => Math.floor((bands * i) / count) === band);
    const strength = 0.12 + 0.88 * ((band + 1) / bands) ** 2;
    colors.forEach((name, symbol) => {
      const all = own.filter((i) => symbols[i] === symbol);
      context.strokeStyle = color(name);
      context.fillStyle = color(name);
      context.globalAlpha = 0.5 * strength;
      context.beginPath();
      for (const i of all.filter((each) => each > 0)) {
        context.moveTo(places[i - 1].x, places[i - 1].y);
        context.lineTo(places[i].x, places[i].y);
      }
      context.stroke();
      context.globalAlpha = strength;
      context.beginPath();
      for (const i of all) {
        const { x, y, depth } = places[i];
        const radius = 3.2 + 1.4 * depth;
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
    });
  }
  context.globalAlpha = 1;
}

/** Bits a symbol over the steps, between what can be reached and what can be reached without counting. */
export function drawBits(
  sheet: Sheet,
  course: readonly (readonly [step: number, bits: number])[],
  { best, countBlind }: { readonly best: number; readonly countBlind: number },
): void {
  const { context, color } = sheet;
  const last = Math.max(10_000, course.at(-1)?.[0] ?? 0);
  const power = 10 ** Math.floor(Math.log10(last / 2));
  const spacing = [5 * power, 2 * power, power].find((each) => last / each >= 2) ?? power;
  const across: Axis = {
    from: 0,
    to: last,
    ticks: [1, 2, 3, 4, 5]
      .map((k) => k * spacing)
      .filter((step) => step <= last)
      .map((step) => [step, step.toLocaleString('en-US')] as const),
    title: 'steps',
  };
  const frame = axes(sheet, across, {
    from: 0.2,
    to: 1.1,
    ticks: [
      [best, best.toFixed(2)],
      [countBlind, countBlind.toFixed(2)],
      [1, '1'],
    ],
    title: 'bits a symbol',
  });
  context.fillStyle = color('quiet');
  context.textAlign = 'right';
  context.fillText('without counting', frame.right, frame.y(countBlind) - 8);
  context.fillText('at best', frame.right, frame.y(best) + 9);
  context.strokeStyle = color('uoro');
  context.lineWidth = 2;
  curve(
    context,
    frame,
    course.map(([step, bits]) => [step, Math.min(bits, 1.1)] as const),
  );
}
