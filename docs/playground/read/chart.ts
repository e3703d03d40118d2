import { axes, curve } from '../page/axes.ts';
import type { Sheet } from '../page/canvas.ts';
import { short } from '../page/numbers.ts';
import type { Foretold } from './messages.ts';

/** The latest numbers of a column, what was predicted for each before it came, and the interval around that. */
export function drawRows(sheet: Sheet, rows: readonly Foretold[], name: string): void {
  if (rows.length < 2) return;
  const { context, color } = sheet;
  const values = rows.flatMap(({ actual, predicted, low, high }) => [
    actual,
    predicted,
    low ?? actual,
    high ?? actual,
  ]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const pad = 0.06 * (most - least) || 1;
  const ticks = [0, 1, 2, 3].map((i) => least + (i * (most - least)) / 3);
  const frame = axes(
    sheet,
    { from: 0, to: rows.length - 1, ticks: [], title: 'the latest rows' },
    {
      from: least - pad,
      to: most + pad,
      ticks: ticks.map((value) => [value, short(value)] as const),
      title: name,
    },
  );
  const known = rows
    .map((row, i) => ({ ...row, i }))
    .filter(({ low, high }) => low !== null && high !== null);
  context.beginPath();
  for (const { i, high } of known) context.lineTo(frame.x(i), frame.y(high ?? 0));
  for (const { i, low } of known.reverse()) context.lineTo(frame.x(i), frame.y(low ?? 0));
  context.globalAlpha = 0.14;
  context.fillStyle = color('uoro');
  context.fill();
  context.globalAlpha = 1;
  const line = (of: (row: Foretold) => number) => rows.map((row, i) => [i, of(row)] as const);
  context.lineWidth = 1.5;
  context.strokeStyle = color('ink');
  curve(
    context,
    frame,
    line(({ actual }) => actual),
  );
  context.lineWidth = 2;
  context.strokeStyle = color('uoro');
  curve(
    context,
    frame,
    line(({ predicted }) => predicted),
  );
}
