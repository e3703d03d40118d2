import type UPlot from 'uplot';

/** Loaded by its own script, before this module. */
declare const uPlot: typeof UPlot;

interface Line {
  readonly label: string;
  /** The name of a colour variable of the page. */
  readonly color: string;
  readonly width?: number;
  readonly isDashed?: boolean;
}

export interface ChartOptions {
  readonly x: string;
  readonly lines: readonly Line[];
  /** Two lines, by index, with the area between them in the colour of the first. */
  readonly band?: readonly [number, number];
  readonly height: number;
  readonly isLogarithmic?: boolean;
  /** Whether the vertical axis starts at zero. */
  readonly fromZero?: boolean;
  /** Charts with the same key show the same place under the pointer. */
  readonly key?: string;
  readonly format: (value: number | null) => string;
}

export interface Chart {
  /** Shows the places along the horizontal axis and each line's values there. */
  show(x: readonly number[], values: readonly (readonly (number | null)[])[]): void;
}

/** A line chart with the width and the colours of its parent. */
export function createChart(parent: HTMLElement, options: ChartOptions): Chart {
  const place = document.createElement('div');
  parent.append(place);
  const numbers = (values: readonly (number | null)[]) =>
    values.map((value) =>
      value === null || !Number.isFinite(value) || (options.isLogarithmic && value <= 0) ? null : value,
    );
  let data: UPlot.AlignedData = [[], ...options.lines.map(() => [])];
  let plot = draw(place, options, data);
  // A canvas does not follow the page's colours by itself.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    plot.destroy();
    plot = draw(place, options, data);
  });
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: options.height })).observe(place);
  return {
    show(x, values) {
      data = [x as number[], ...values.map(numbers)];
      plot.setData(data);
      if (plot.cursor.left === undefined || plot.cursor.left < 0) showLatest(plot);
    },
  };
}

/** Without a pointer, the legend shows the latest values. */
function showLatest(plot: UPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function draw(place: HTMLElement, options: ChartOptions, data: UPlot.AlignedData): UPlot {
  const { x, lines, band, height, isLogarithmic, fromZero, key, format } = options;
  const style = getComputedStyle(place);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = {
    stroke: color('quiet'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
    font,
  };
  return new uPlot(
    {
      width: place.clientWidth,
      height,
      scales: {
        x: { time: false },
        y: isLogarithmic
          ? { distr: 3 }
          : { range: (_, least, most) => paddedRange(least, most, fromZero === true) },
      },
      axes: [
        { ...axis, size: 30, values: (_, ticks) => ticks.map((tick) => tick.toLocaleString('en-US')) },
        { ...axis, size: 58, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))) },
      ],
      series: [
        { label: x, value: (_, value) => (value === null ? '' : value.toLocaleString('en-US')) },
        ...lines.map(({ label, color: name, width = 1.5, isDashed }) => ({
          label,
          stroke: color(name),
          width,
          spanGaps: true,
          points: { show: false },
          value: (_: UPlot, value: number | null) => format(value),
          ...(isDashed ? { dash: [5, 4] } : {}),
        })),
      ],
      ...(band === undefined
        ? {}
        : { bands: [{ series: [band[1] + 1, band[0] + 1], fill: `${color(lines[band[0]].color)}22` }] }),
      cursor: { drag: { x: false, y: false }, ...(key === undefined ? {} : { sync: { key } }) },
      hooks: { ready: [showLatest] },
    },
    data,
    place,
  );
}

function paddedRange(least: number | null, most: number | null, fromZero: boolean): [number, number] {
  if (least === null || most === null) return [0, 1];
  const room = (most - least) * 0.06 || Math.abs(most) * 0.1 || 1;
  return [fromZero ? 0 : least - room, most + room];
}
