import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';
import { escapeHtml } from './html.ts';

export type Point = readonly [x: number, y: number];

export interface Curve {
  readonly label: string;
  readonly points: readonly Point[];
  /** A reference for comparison, not a contestant. */
  readonly isReference?: boolean;
}

export interface Figure {
  readonly x: string;
  readonly y: string;
  /** Whether the vertical axis is logarithmic; the horizontal one always is. */
  readonly isLogarithmic: boolean;
  readonly curves: readonly Curve[];
  readonly levels?: readonly { readonly label: string; readonly value: number }[];
}

// Of medium lightness, to be visible on white and on black.
const contestantColors = [
  '#4269d0',
  '#e58606',
  '#e0523f',
  '#2f9e8f',
  '#3ca951',
  '#c2559d',
  '#7f56d9',
  '#4ba3d9',
  '#9c6b4e',
  '#8fa31e',
];
const referenceColors = ['#8a8f98', '#b07a3e', '#8a7bd0', '#7f9a3c'];

/** The range of a logarithmic axis; values outside are drawn at its edge. */
const least = 1e-34;
const most = 1e12;

/** A figure with its legend, as HTML with an SVG in it. */
export function drawFigure(figure: Figure): string {
  const curves = paint(figure.curves);
  const levels = paint(
    (figure.levels ?? []).map((level) => ({ ...level, isReference: true })),
    curves.length,
  );
  const document = new DOMParser().parseFromString('<!doctype html><html><body></body></html>', 'text/html');
  const svg = Plot.plot({
    document,
    width: 800,
    height: 340,
    marginLeft: 56,
    marginBottom: 44,
    style: { background: 'none', fontSize: '12px' },
    x: { type: 'log', label: figure.x, tickFormat: '~s' },
    y: {
      type: figure.isLogarithmic ? 'log' : 'linear',
      label: figure.y,
      grid: true,
      nice: true,
      ...(figure.isLogarithmic ? { ticks: 8, tickFormat: powerOfTen } : {}),
    },
    marks: [
      ...levels.map(({ value, color }) =>
        Plot.ruleY([value], { stroke: color, strokeDasharray: '6 4', strokeWidth: 1.5 }),
      ),
      ...curves.map(({ points, color, isReference }) =>
        Plot.line(
          figure.isLogarithmic ? points.map(([x, y]) => [x, Math.min(most, Math.max(least, y))]) : points,
          {
            stroke: color,
            strokeWidth: isReference ? 1.5 : 2,
            ...(isReference ? { strokeDasharray: '2 3' } : {}),
          },
        ),
      ),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${figure.y} against ${figure.x}`);
  const legend = [...curves, ...levels].map(
    ({ label, color, isReference }) =>
      `<span><i${isReference ? ' class="dashed"' : ''} style="border-color:${color}"></i>${escapeHtml(label)}</span>`,
  );
  return `<figure><figcaption>${legend.join('')}</figcaption>${svg.outerHTML}</figure>`;
}

function paint<T extends { readonly isReference?: boolean }>(
  items: readonly T[],
  used = 0,
): (T & { color: string })[] {
  let [contestants, references] = [0, used];
  return items.map((item) => ({
    ...item,
    color: item.isReference
      ? referenceColors[references++ % referenceColors.length]
      : contestantColors[contestants++ % contestantColors.length],
  }));
}

function powerOfTen(value: number): string {
  const exponent = Math.log10(value);
  return Math.abs(exponent) <= 3 ? String(value) : `1e${Math.round(exponent)}`;
}
