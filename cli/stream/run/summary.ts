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
    ...table(`${unit} per prediction`, all, (value) => formatScore(value, unit)),
    ...table(
      'absolute error',
      all.map(([name, { absoluteError }]) => [name, absoluteError] as const),
      formatLoss,
    ),
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

/** What the network adds to the other experts, over all predictions. */
function addedBy(figures: Report['figures'], served: string, unit: Report['unit']): string[] {
  const without = figures[withoutNetwork];
  if (without === undefined) return [];
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
