import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';
import { escapeHtml, renumbered } from './html.ts';
import { leastPower, logTicks, mostPower, onLogAxis, powerOfTen } from './logAxis.ts';

export type Point = readonly [x: number, y: number];

export interface Curve {
  readonly label: string;
  readonly points: readonly Point[];
  /** A reference for comparison, not a contestant. */
  readonly isReference?: boolean;
  /** Drawn behind the line, from the lowest to the highest. */
  readonly range?: readonly (readonly [x: number, low: number, high: number])[];
  /** Further lines of the curve, drawn thinly in its colour. */
  readonly parts?: readonly (readonly Point[])[];
}

export interface Figure {
  readonly x: string;
  readonly y: string;
  /** Whether the vertical axis is logarithmic. */
  readonly isLogarithmic: boolean;
  /** Whether the horizontal axis is linear; it is logarithmic if left out. */
  readonly isXLinear?: boolean;
  readonly curves: readonly Curve[];
  readonly levels?: readonly { readonly label: string; readonly value: number }[];
  /** The part that is drawn; all if left out. */
  readonly view?: {
    readonly x: readonly [number, number];
    readonly y: readonly [number, number];
  };
}

export type Level = NonNullable<Figure['levels']>[number];

// Of medium lightness: at least 3 to 1 on white and on black, as WCAG 2.2 asks of lines.
const contestantColors = [
  '#4269d0',
  '#d37b06',
  '#e0523f',
  '#2f9e8f',
  '#3ba64f',
  '#c2559d',
  '#7f56d9',
  '#4699cc',
  '#9c6b4e',
  '#889b1c',
];
const referenceColors = ['#8a8f98', '#b07a3e', '#8a7bd0', '#7f9a3c'];

/** Axes cannot be divided where their ends differ by less, or by more than there are numbers. */
function onLinearAxis(value: number): number {
  return Math.abs(value) < 1e-280 ? 0 : Math.min(1e300, Math.max(-1e300, value));
}

const marginLeft = 56;

/** Curves that share a colour differ in their dashes. */
const dashes = ['', '7 3', '2 3', '9 3 2 3', '1 2', '12 4'];

/** The widths at which a figure is drawn, as an SVG that is scaled down has text too small to read. */
const widths = { wide: 800, narrow: 350 };

/**
 * A figure with its legend, as HTML with an SVG for wide screens and one for narrow ones. Pointing at a curve or
 * at its name makes the others pale; no script does it.
 */
export function drawFigure(figure: Figure): string {
  const { curves, levels } = painted(figure);
  const legend = [...curves, ...levels].map(
    ({ label, color, dash }, i) =>
      `<span class="curve-${i}"><svg width="24" height="8" aria-hidden="true"><line x1="0" x2="24" y1="4" y2="4" stroke="${color}" stroke-width="3" stroke-dasharray="${dash}"/></svg>${escapeHtml(label)}</span>`,
  );
  const drawn = Object.entries(widths).map(
    ([name, width]) => `<div class="${name}">${draw(figure, width).outerHTML}</div>`,
  );
  return `<figure><figcaption>${legend.join('')}</figcaption>${drawn.join('')}</figure>`;
}

/** CSS rules: pointing at one curve makes the others pale. */
export function highlighting(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `figure:has(.curve-${i}:hover) [class*="curve-"]:not(.curve-${i}) { opacity: 0.15; }`,
  ).join('\n');
}

/** A figure with its legend as one SVG element that stands alone: dark on white, on whatever page it is shown. */
export function drawSvg(figure: Figure): string {
  const { curves, levels } = painted(figure);
  const svg = draw(figure, widths.wide);
  const above = Number(svg.getAttribute('height'));
  const { items, rows } = inRows([...curves, ...levels]);
  const height = above + legendLine * rows + 8;
  svg.setAttribute('height', String(height));
  svg.setAttribute('viewBox', `0 0 ${widths.wide} ${height}`);
  svg.setAttribute('color', '#1c1e21');
  svg.setAttribute('font-family', 'system-ui, sans-serif');
  const legend = items.map(({ label, color, dash, x, row }) => {
    const y = above + legendLine * (row + 0.5);
    return `<line x1="${x}" x2="${x + 24}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="3" stroke-dasharray="${dash}"/><text x="${x + 32}" y="${y + 4}" text-anchor="start" fill="currentColor">${escapeHtml(label)}</text>`;
  });
  // As text: the parser would put what follows an empty element of SVG into it.
  const [, head, content] = /^(<svg [^>]*>)(.*)<\/svg>$/s.exec(svg.outerHTML) ?? [];
  const background = '<rect width="100%" height="100%" fill="white"/>';
  return renumbered(`${head}${background}${content}${legend.join('')}</svg>`);
}

const legendLine = 18;

/** Places the entries of a legend side by side, in as many rows as they need. */
function inRows<T extends { readonly label: string }>(entries: readonly T[]) {
  let [x, row] = [marginLeft, 0];
  const items = entries.map((entry) => {
    // About the width of a character, at 12 px.
    const width = 56 + 7 * entry.label.length;
    if (x > marginLeft && x + width > widths.wide) [x, row] = [marginLeft, row + 1];
    const item = { ...entry, x, row };
    x += width;
    return item;
  });
  return { items, rows: row + 1 };
}

function painted({ curves, levels = [] }: Figure) {
  const own = paint(curves);
  const references = levels.map((level) => ({ ...level, isReference: true }));
  return { curves: own, levels: paint(references, own.filter(({ isReference }) => isReference).length) };
}

function draw(figure: Figure, width: number) {
  const { curves, levels } = painted(figure);
  const { isLogarithmic, isXLinear = false, view } = figure;
  const document = new DOMParser().parseFromString('<!doctype html><html><body></body></html>', 'text/html');
  const [least, most] = view?.y ?? [leastPower, mostPower];
  const bounded = isLogarithmic ? onLogAxis : onLinearAxis;
  // A clipped curve without anything inside is left out: some programs cannot draw it.
  const shown = (points: readonly (readonly number[])[]): number[][] => {
    const right = points.filter(([x]) => view === undefined || x >= view.x[0]);
    const drawn = right.map(([x, ...ys]) => [onLinearAxis(x), ...ys.map(bounded)]);
    const heights = drawn.flatMap(([, ...ys]) => ys);
    const isInside = least <= Math.max(...heights) && Math.min(...heights) <= most;
    return view === undefined || isInside ? drawn : [];
  };
  const svg = Plot.plot({
    document,
    width,
    height: width < 500 ? 280 : 340,
    // The name of the axis stands above its topmost label.
    marginTop: 30,
    marginLeft,
    marginBottom: 44,
    style: { background: 'none', fontSize: '12px' },
    x: {
      type: isXLinear ? 'linear' : 'log',
      label: figure.x,
      tickFormat: '~s',
      ticks: width < 500 ? 4 : 8,
      ...(view && { domain: [...view.x] }),
    },
    y: {
      type: isLogarithmic ? 'log' : 'linear',
      label: figure.y,
      grid: true,
      nice: view === undefined,
      ...(view && { domain: [least, most] }),
      ...(isLogarithmic ? { ticks: logTicks(heightsOf(figure)), tickFormat: powerOfTen } : {}),
    },
    marks: [
      ...curves.flatMap(({ range = [], color }, i) =>
        shown(range).length === 0
          ? []
          : [
              Plot.areaY(shown(range), {
                x: (each: readonly number[]) => each[0],
                y1: (each: readonly number[]) => each[1],
                y2: (each: readonly number[]) => each[2],
                fill: color,
                fillOpacity: 0.16,
                clip: true,
                className: `curve-${i}`,
              }),
            ],
      ),
      ...levels.map(({ value, color, dash }, i) =>
        Plot.ruleY([value], {
          stroke: color,
          strokeDasharray: dash,
          strokeWidth: 1.5,
          className: `curve-${curves.length + i}`,
        }),
      ),
      ...curves.flatMap(({ points, parts = [], color, dash, isReference, label }, i) => [
        ...parts.map(shown).flatMap((part) =>
          part.length === 0
            ? []
            : [
                Plot.line(part, {
                  stroke: color,
                  strokeWidth: 0.7,
                  strokeOpacity: 0.6,
                  clip: true,
                  className: `curve-${i}`,
                }),
              ],
        ),
        ...[shown(points)]
          .filter(({ length }) => length > 0)
          .map((line) =>
            Plot.line(line, {
              stroke: color,
              strokeWidth: isReference ? 1.5 : 2,
              ...(dash === '' ? {} : { strokeDasharray: dash }),
              clip: true,
              className: `curve-${i}`,
              title: () => titleFor(label, points),
            }),
          ),
      ]),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${figure.y} against ${figure.x}`);
  return svg;
}

/** A curve's name and its last value, for pointers. */
function titleFor(label: string, points: readonly Point[]): string {
  const last = points.at(-1);
  return last === undefined ? label : `${label}: ${Number(last[1].toPrecision(4))} at ${last[0]}`;
}

function paint<T extends { readonly isReference?: boolean }>(
  items: readonly T[],
  used = 0,
): (T & { color: string; dash: string })[] {
  let [contestants, references] = [0, used];
  return items.map((item) => {
    const [colors, at] = item.isReference
      ? ([referenceColors, references++] as const)
      : ([contestantColors, contestants++] as const);
    const dash = item.isReference ? '2 3' : dashes[Math.floor(at / colors.length) % dashes.length];
    return { ...item, color: colors[at % colors.length], dash };
  });
}

/** The least and the most that a logarithmic axis shows. */
function heightsOf({ curves, levels = [], view }: Figure): readonly [number, number] {
  if (view !== undefined) return view.y;
  const all = [
    ...curves.flatMap(({ points, range = [] }) => [
      ...points.map(([, y]) => y),
      ...range.flatMap(([, ...ends]) => ends),
    ]),
    ...levels.map(({ value }) => value),
  ].filter((y) => y > 0);
  return [
    onLogAxis(all.reduce((a, b) => Math.min(a, b), mostPower)),
    onLogAxis(all.reduce((a, b) => Math.max(a, b), leastPower)),
  ];
}
