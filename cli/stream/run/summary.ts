import { type Figures, formatLoss, formatScore } from '../../../trainers/evaluation/index.ts';
import { type Position, type Report, withoutNetwork } from '../../../trainers/streams/index.ts';
import { formatCount } from '../../terminal/numbers.ts';
import { shown } from '../../terminal/shown.ts';
import { formatTable } from '../../terminal/table.ts';

/** The results of a run, for standard output. */
export function summaryOf(
  folder: string,
  { records, skipped }: Position,
  report: Report,
  recent: number,
): string {
  const { unit, scored, figures, drift, better } = report;
  const last = `last ${formatCount(Math.min(scored, recent))}`;
  const columns = ['all', last];
  const table = (
    title: string,
    rows: readonly (readonly [string, Figures | undefined])[],
    format: (value: number) => string,
  ) => {
    const cells = rows.flatMap(([name, own]) =>
      own === undefined ? [] : [[name, format(own.mean), format(own.recent)]],
    );
    return cells.length === 0 ? [] : [formatTable([title, ...columns], cells)];
  };
  const all = Object.entries(figures);
  const [[served, own]] = all;
  const left = skipped === 0 ? '' : `, ${formatCount(skipped)} left out`;
  const { count, last: latest } = drift;
  const risen =
    count === 0
      ? 'no rise was found'
      : `${count === 1 ? 'it rose once' : `it rose ${formatCount(count)} times, last`}, seen after record ${formatCount(latest ?? 0)}`;
  return [
    `${formatCount(records)} records${left}`,
    ...(unit === 'bits'
      ? table(`${unit} per prediction`, all, (value) => formatScore(value, unit))
      : [numbersTable(figures, report.weights, last)]),
    ...(unit === 'bits' ? [] : comparisons(figures)),
    ...table(
      'the most probable one',
      [
        ['is right (accuracy)', own.accuracy],
        ['calibration error (ECE)', own.calibrationError],
      ],
      formatShare,
    ),
    ...(better === undefined
      ? []
      : [
          `${better.name} is better here: ${formatScore(better.recent, unit)} against ${formatScore(better.served, unit)} (${unit}, ${last} predictions)`,
        ]),
    ...addedBy(figures, served, unit),
    ...intervalOf(report),
    `Drift of the error: ${risen}`,
    `Run folder: ${shown(folder)}\n`,
  ].join('\n\n');
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

/** Root mean squared and mean absolute errors, in the unit of the column, and the weights. */
function numbersTable(figures: Report['figures'], weights: Report['weights'], last: string): string {
  const cells = Object.entries(figures).map(([name, { mean, recent, absoluteError }]) => [
    name,
    formatLoss(Math.sqrt(mean)),
    formatLoss(Math.sqrt(recent)),
    formatLoss(absoluteError?.mean ?? Number.NaN),
    formatLoss(absoluteError?.recent ?? Number.NaN),
    weights?.[name] === undefined ? '' : weights[name].toFixed(3),
  ]);
  return formatTable(['error', 'RMSE', last, 'MAE', last, 'weight'], cells);
}

/** How much better what is served is than simple predictions, over all predictions. */
function comparisons(figures: Report['figures']): string[] {
  const [[served, own], ...others] = Object.entries(figures);
  const { mean, persistence } = figures;
  const [best] = others.filter(([name]) => name !== withoutNetwork).sort(([, a], [, b]) => a.mean - b.mean);
  const skill = best && 1 - Math.sqrt(own.mean / best[1].mean);
  const parts = [
    ...(mean === undefined || served === 'mean' ? [] : [`R² ${digits(1 - own.mean / mean.mean)}`]),
    ...(persistence === undefined || served === 'persistence'
      ? []
      : [`MASE ${digits((own.absoluteError?.mean ?? 0) / (persistence.absoluteError?.mean ?? 0))}`]),
    ...(skill === undefined ? [] : [`skill ${digits(skill)} against ${best[0]}, the best single one`]),
  ];
  return parts.length === 0 ? [] : [`Over all predictions: ${parts.join(', ')}`];
}

function digits(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : '–';
}

/** What the network adds to the other experts, over all predictions. */
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

function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
