import { join } from 'node:path';
import { type Figures, formatLoss, formatScore } from '../../../trainers/evaluation/index.ts';
import {
  type Ahead,
  type Position,
  type Report,
  type StreamConfig,
  withoutNetwork,
} from '../../../trainers/streams/index.ts';
import { alikeFormat, counted, formatCount, formatShare } from '../../terminal/numbers.ts';
import { shellWord } from '../../terminal/shellWord.ts';
import { shown } from '../../terminal/shown.ts';
import { formatTable } from '../../terminal/table.ts';
import { fileNames } from '../../training/folder.ts';

/** The results of a run, for standard output. @param ahead what it says of the next row, if it has rows. */
export function summaryOf(
  folder: string,
  { records, skipped }: Position,
  report: Report,
  config: Pick<StreamConfig, 'data' | 'recent'>,
  ahead?: Ahead,
): string {
  const left = skipped === 0 ? '' : `, ${formatCount(skipped)} left out`;
  const more =
    ahead !== undefined && ahead.forecast.length === 1
      ? [
          `The next 12, with ${report.unit === 'bits' ? 'probabilities' : 'intervals'}: norewind predict ${shellWord(shown(folder))} --steps 12`,
        ]
      : [];
  return [
    `${counted(records, 'record')}${left}`,
    ...tablesOf(report, config.recent).map(({ header, rows }) => formatTable(header, rows)),
    ...sentencesOf(report, config, ahead),
    [...more, `Report: ${shown(join(folder, fileNames.report))}`, `Run folder: ${shown(folder)}\n`].join(
      '\n',
    ),
  ].join('\n\n');
}

interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The scores of all predictors, and of categories how often the most probable one came. */
export function tablesOf({ unit, scored, figures, weights }: Report, recent: number): readonly Cells[] {
  // The last ones are all there are.
  const last = scored <= recent ? [] : [lastOf(scored, recent)];
  if (unit !== 'bits') return [numbersTable(figures, weights, last)];
  const table = (
    title: string,
    entries: readonly (readonly [string, Figures | undefined])[],
    format: (value: number) => string,
  ): Cells => ({
    header: [title, 'all', ...last],
    rows: entries.flatMap(([name, own]) =>
      own === undefined ? [] : [[name, format(own.mean), ...last.map(() => format(own.recent))]],
    ),
  });
  const [own] = Object.values(figures);
  return [
    table(`${unit} per prediction`, Object.entries(figures), (value) => formatScore(value, unit)),
    table(
      'the most probable one',
      [
        ['is right (accuracy)', own.accuracy],
        ['calibration error (ECE)', own.calibrationError],
      ],
      formatShare,
    ),
  ].filter(({ rows }) => rows.length > 0);
}

/** The meaning of the figures, and what to do next. */
export function sentencesOf(
  report: Report,
  { data, recent }: Pick<StreamConfig, 'data' | 'recent'>,
  ahead: Ahead | undefined,
): readonly string[] {
  const { unit, scored, figures, drift, better } = report;
  const [served] = Object.keys(figures);
  const { count, last: latest } = drift;
  const risen =
    count === 0
      ? 'no rise was found'
      : `${count === 1 ? 'it rose once' : `it rose ${formatCount(count)} times, last`}, seen after record ${formatCount(latest ?? 0)}`;
  return [
    ...(unit === 'bits' ? [] : comparisons(figures)),
    ...(better === undefined ? [] : [betterThan(better, unit, lastOf(scored, recent))]),
    ...addedBy(figures, served, unit),
    ...intervalOf(report),
    `Drift of the error: ${risen}`,
    ...nextOf(data, report, ahead),
  ];
}

const lastOf = (scored: number, recent: number) => `last ${formatCount(Math.min(scored, recent))}`;

/** In the figures of the table. */
function betterThan(
  { name, recent, served }: NonNullable<Report['better']>,
  unit: Report['unit'],
  last: string,
): string {
  const format = (score: number) =>
    unit === 'bits' ? formatScore(score, unit) : formatLoss(Math.sqrt(score));
  return `${name} is better here: ${format(recent)} against ${format(served)} (${unit === 'bits' ? unit : 'RMSE'}, ${last} predictions)`;
}

/** The row of a prediction, seen from the latest one. */
function placeOf(horizon: number): string {
  return horizon === 0 ? 'in the latest row' : `${counted(horizon, 'row')} ahead`;
}

/** The prediction after the latest row. */
function nextOf(data: StreamConfig['data'], { interval }: Report, ahead: Ahead | undefined): string[] {
  if (data.kind === 'text' || ahead?.next === undefined) return [];
  const { prediction, probability, low = null, high = null } = ahead.next;
  const what = shown(data.target);
  const which = data.delay || data.horizon > 1 ? `${what}, ${placeOf(data.horizon)}` : `The next ${what}`;
  if (probability !== undefined)
    return [
      `${which}: ${prediction === null ? 'another category' : shown(String(prediction))}, with a probability of ${formatShare(probability)}`,
    ];
  if (low === null || high === null || interval === undefined)
    return [`${which}: ${formatLoss(Number(prediction))}`];
  const format = alikeFormat([low, high], [high - low], 4);
  return [
    `${which}: ${format(Number(prediction))}, with ${formatShare(interval.stated)} between ${format(low)} and ${format(high)}`,
  ];
}

/** Root mean squared and mean absolute errors, in the unit of the column, and the weights. */
function numbersTable(
  figures: Report['figures'],
  weights: Report['weights'],
  last: readonly string[],
): Cells {
  const both = (own: Figures | undefined, of: (mean: number) => number) =>
    [own?.mean ?? Number.NaN, ...last.map(() => own?.recent ?? Number.NaN)].map((mean) =>
      formatLoss(of(mean)),
    );
  const rows = Object.entries(figures).map(([name, own]) => [
    name,
    ...both(own, Math.sqrt),
    ...both(own.absoluteError, (mean) => mean),
    weights?.[name] === undefined ? '' : weights[name].toFixed(3),
  ]);
  return { header: ['error', 'RMSE', ...last, 'MAE', ...last, 'weight'], rows };
}

/** How often the intervals held what came. */
function intervalOf({ interval }: Report): string[] {
  if (interval === undefined) return [];
  const { stated, held, count, radius } = interval;
  const next =
    radius === null ? 'the next one is not known yet' : `the next one is ±${formatLoss(Math.max(0, radius))}`;
  return [
    `The interval of ${formatShare(stated)} held ${formatShare(held)} of ${formatCount(count)} outcomes; ${next}`,
  ];
}

/** How much better what is served is than simple predictions, over all predictions. */
function comparisons(figures: Report['figures']): string[] {
  const [[served, own], ...others] = Object.entries(figures);
  const { mean, persistence } = figures;
  const [best] = others.filter(([name]) => name !== withoutNetwork).sort(([, a], [, b]) => a.mean - b.mean);
  const parts: readonly (readonly [value: number | undefined, before: string, after?: string])[] = [
    [served === 'mean' ? undefined : mean && 1 - own.mean / mean.mean, 'R² '],
    [
      served === 'persistence'
        ? undefined
        : persistence && (own.absoluteError?.mean ?? 0) / (persistence.absoluteError?.mean ?? 0),
      'MASE ',
    ],
    [best && 1 - Math.sqrt(own.mean / best[1].mean), 'skill ', ` against ${best?.[0]}, the best single one`],
  ];
  // A constant column has no figure of this kind.
  const told = parts.flatMap(([value, before, after = '']) =>
    value !== undefined && Number.isFinite(value) ? [`${before}${value.toFixed(4)}${after}`] : [],
  );
  return told.length === 0 ? [] : [`Over all predictions: ${told.join(', ')}`];
}

/** The gain of the network over the other experts, over all predictions. */
function addedBy(figures: Report['figures'], served: string, unit: Report['unit']): string[] {
  const without = figures[withoutNetwork];
  if (without === undefined) return [];
  if (unit !== 'bits') {
    const share = 100 * (1 - Math.sqrt(figures[served].mean / without.mean));
    return [
      share >= 0.05
        ? `The network takes ${share.toFixed(1)} % off the RMSE of all others together`
        : 'The network adds nothing here',
    ];
  }
  const added = formatScore(without.mean - figures[served].mean, unit);
  return [
    without.mean > figures[served].mean && added !== formatScore(0, unit)
      ? `The network adds ${added} ${unit}: ${withoutNetwork}, the combination has ${formatScore(without.mean, unit)}`
      : 'The network adds nothing here',
  ];
}
