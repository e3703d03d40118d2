import type { Figures, Trail } from '../../trainers/evaluation/index.ts';
import {
  type Ahead,
  aheadOf,
  type CategoryForecast,
  type NumberForecast,
  withoutNetwork,
} from '../../trainers/streams/index.ts';
import type { StreamRun } from '../stream/run/openRun.ts';
import type { StreamRecord } from '../stream/run/record.ts';
import { sentencesOf, tablesOf } from '../stream/run/summary.ts';
import { alikeFormat, formatCount, formatShare } from '../terminal/numbers.ts';
import { shownText } from '../terminal/shown.ts';
import { escapeHtml, htmlPage, htmlTable } from './html.ts';
import { type Curve, drawFigure, type Point } from './plots.ts';

/** The rows ahead in the report, and the latest predictions before them. */
const steps = 24;
const latest = 96;
/** The most experts whose score is drawn, besides what is served and that without the network. */
const mostRivals = 3;
/** A figure of fewer scores over time would be straight lines between numbers that the tables have. */
const fewestScores = 4;
/** Characters of a column's name at an axis. */
const longestName = 40;

/** The report of a run on a stream, as a self-contained page. @param records lines of its metrics, in order. */
export function streamReport(run: StreamRun, records: readonly StreamRecord[]): string {
  const { config, session, position } = run;
  const report = session.report();
  const ahead = aheadOf(config, session, steps);
  const { data } = config;
  const title = data.kind === 'text' ? `The next ${data.unit} of a text` : `Forecast of ${data.target}`;
  const { trail } = session.glimpse();
  return htmlPage(
    title,
    [
      `<p>After ${formatCount(position.records)} records. Each prediction was scored before it was learnt from.</p>`,
      ...sentencesOf(report, config, ahead).map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
      ...trailParts(trail, ahead, data.kind === 'text' ? '' : data.target),
      ...scoreParts(records, report.figures),
      '<h2>Predictors</h2>',
      ...tablesOf(report, config.recent).map(({ header, rows }) => htmlTable(header, rows)),
      '<h2>Configuration</h2>',
      `<pre>${escapeHtml(JSON.stringify(config, null, 2))}</pre>`,
    ],
    tapeStyle,
  );
}

/** @param target the name of the predicted column. */
function trailParts(trail: Trail, ahead: Ahead | undefined, target: string): string[] {
  const { forecast: all = [], offset = 0 } = ahead ?? {};
  if (trail.kind === 'symbols')
    return [
      ...(trail.symbols.length === 0
        ? []
        : ['<h2>The latest, by how little it was expected</h2>', tapeOf(trail)]),
      ...categoriesTable(all.filter(isCategory), offset),
    ];
  const forecast = all.filter(isNumber);
  const from = Math.max(0, trail.actual.length - latest);
  const past = <T>(values: readonly T[]) =>
    values.slice(from).map((value, i) => [from + i + 1 - trail.actual.length, value] as const);
  const [low, high] = [trail.low.slice(from), trail.high.slice(from)];
  const predicted = past(trail.predicted);
  const curves: Curve[] = [
    { label: 'actual', points: past(trail.actual) },
    {
      label: `predicted, with the interval of ${Number((100 * trail.stated).toPrecision(4))} %`,
      points: predicted,
      range: predicted.flatMap(([x], i) => rangeAt(x, low[i], high[i])),
    },
  ];
  if (forecast.length > 0)
    curves.push({
      label: `forecast of the next ${forecast.length}`,
      points: forecast.map(({ step, prediction }) => [step, prediction]),
      range: forecast.flatMap(({ step, low, high }) => rangeAt(step, low, high)),
    });
  const format = alikeFormat(
    forecast.flatMap(({ prediction, low, high }) => [prediction, low ?? 0, high ?? 0]),
    forecast.map(({ low, high }) => (high ?? 0) - (low ?? 0)),
    5,
  );
  const rows = forecast.map(({ step, time, prediction, low, high }) => [
    String(step),
    ...(time === undefined ? [] : [dateText(time + offset)]),
    ...[prediction, low, high].map((value) => (value === null ? '–' : format(value))),
  ]);
  const header = [...headOf(forecast), 'prediction', 'low', 'high'];
  return [
    `<h2>${forecast.length > 0 ? 'The forecast, and the latest predictions' : 'The latest predictions'}</h2>`,
    drawFigure({
      x:
        forecast.length > 0
          ? `rows from the latest one${ahead?.time === undefined ? '' : `, of ${dateText(Math.round(ahead.time + offset))}`}`
          : 'predictions from the latest one',
      y: shortened(shownText(target)),
      isLogarithmic: false,
      isXLinear: true,
      curves,
    }),
    ...(rows.length > 0 ? [htmlTable(header, rows)] : []),
  ];
}

type AnyForecast = NumberForecast | CategoryForecast;
const isCategory = (forecast: AnyForecast): forecast is CategoryForecast => 'probability' in forecast;
const isNumber = (forecast: AnyForecast): forecast is NumberForecast => !isCategory(forecast);

function categoriesTable(forecast: readonly CategoryForecast[], offset: number): string[] {
  if (forecast.length === 0) return [];
  const rows = forecast.map(({ step, time, prediction, probability }) => [
    String(step),
    ...(time === undefined ? [] : [dateText(time + offset)]),
    prediction === null ? 'another category' : shownText(prediction),
    formatShare(probability),
  ]);
  return ['<h2>The forecast</h2>', htmlTable([...headOf(forecast), 'most probable', 'probability'], rows)];
}

function headOf([first]: readonly { readonly time?: number }[]): string[] {
  return ['step', ...(first?.time === undefined ? [] : ['time'])];
}

/** @param seconds on the clock of the rows. */
function dateText(seconds: number): string {
  return new Date(1000 * seconds).toISOString().replace(/(T00:00:00)?\.000Z$/, '');
}

function shortened(name: string): string {
  const characters = Array.from(name);
  return characters.length > longestName ? `${characters.slice(0, longestName - 1).join('')}…` : name;
}

function rangeAt(x: number, low: number | null, high: number | null): [number, number, number][] {
  return low === null || high === null ? [] : [[x, low, high]];
}

/** The recent scores over the run: of what is served, without the network, and of the best others. */
function scoreParts(
  records: readonly StreamRecord[],
  figures: Readonly<Record<string, Figures>>,
): readonly string[] {
  const [last] = records.slice(-1);
  if (records.length < fewestScores || last === undefined) return [];
  const [served, ...others] = Object.keys(figures);
  const rivals = others
    .filter((name) => name !== withoutNetwork)
    .sort((a, b) => figures[a].recent - figures[b].recent)
    .slice(0, mostRivals);
  const isBits = last.unit === 'bits';
  const curve = (label: string, of: (record: StreamRecord) => number | undefined, isReference: boolean) => ({
    label,
    isReference,
    points: records
      .map(
        (record): Point => [
          record.step,
          isBits ? (of(record) ?? Number.NaN) : Math.sqrt(of(record) ?? Number.NaN),
        ],
      )
      .filter(([, value]) => Number.isFinite(value)),
  });
  return [
    '<h2>Score</h2>',
    drawFigure({
      x: 'records',
      y: isBits ? 'bits, latest predictions' : 'RMSE, latest predictions',
      isLogarithmic: false,
      isXLinear: true,
      curves: [
        curve(served, ({ recent }) => recent, false),
        ...[withoutNetwork, ...rivals]
          .filter((name) => figures[name] !== undefined)
          .map((name) => curve(name, ({ baselines }) => baselines[name]?.recent, true)),
      ],
    }),
  ];
}

/** The number of bits with the strongest background. */
const mostBits = 8;

const tapeStyle = `
.tape { font: 0.95rem/1.75 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.tape span { background: rgb(217 104 19 / var(--bits)); }
.tape.words span { display: inline-block; max-width: 100%; white-space: normal; }
`;

function tapeOf({ symbols, probabilities }: Trail & { readonly kind: 'symbols' }): string {
  const isOfWords = symbols.some((symbol) => Array.from(symbol).length > 4);
  const spans = symbols.map((symbol, i) => {
    const bits = -Math.log2(probabilities[i]);
    const shown = symbol === '\n' ? '⏎\n' : symbol;
    return `<span title="${bits.toFixed(1)} bits" style="--bits:${(0.85 * Math.min(1, bits / mostBits)).toFixed(2)}">${escapeHtml(shown)}</span>`;
  });
  return `<div class="tape${isOfWords ? ' words' : ''}">${spans.join(isOfWords ? ' ' : '')}</div>`;
}
