import plot, { type Settings } from 'simple-ascii-chart';
import type { Line, Span } from './screen.ts';

export type Point = readonly [x: number, y: number];

/** The colours of the curves, as the charting library and terminals name them. */
const palette = [
  ['ansiCyan', 36],
  ['ansiYellow', 33],
  ['ansiMagenta', 35],
  ['ansiGreen', 32],
  ['ansiRed', 31],
  ['ansiBlue', 34],
] as const;

/** A small line chart; with fewer than two points, only its title. */
export function drawChart(
  curves: readonly (readonly Point[])[],
  width: number,
  height: number,
  title: Line,
): Line[] {
  const shown = curves.map((points) => thin(points, width)).filter((points) => points.length > 1);
  if (shown.length === 0 || width < 20) return [];
  const settings: Settings = {
    width,
    height,
    hideXAxisTicks: true,
    formatter: (value, { axis }) => (axis === 'y' ? Number(value.toPrecision(3)) : value),
    ...(usesColor() ? { color: palette.map(([name]) => name) } : {}),
  };
  const chart = plot(shown as [number, number][][], settings);
  return [
    title,
    ...chart
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(spansOf),
  ];
}

/** The text in the colour of a curve. */
export function inColorOf(curve: number, text: string): Span {
  return usesColor() ? { text, color: palette[curve % palette.length][1] } : { text };
}

/** Parses a line of the charting library, which ends each colour with code 0. */
function spansOf(line: string): Span[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  const [first, ...rest] = line.split(/\u001b\[(\d+)m/);
  const spans: Span[] = [{ text: first }];
  for (let i = 0; i < rest.length; i += 2)
    spans.push(rest[i] === '0' ? { text: rest[i + 1] } : { text: rest[i + 1], color: Number(rest[i]) });
  return spans;
}

function usesColor(): boolean {
  return (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}

/** At most one point per column. */
function thin(points: readonly Point[], width: number): readonly Point[] {
  const columns = new Map<number, Point>();
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  for (const point of points)
    columns.set(Math.round(((point[0] - first) / Math.max(last - first, 1)) * width), point);
  return [...columns.values()];
}
