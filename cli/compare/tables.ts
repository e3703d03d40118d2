import { UsageError } from '../../lib/index.ts';
import { formatBits, formatLoss } from '../../trainers/evaluation/index.ts';
import { counted, formatCount, formatMicroseconds } from '../terminal/numbers.ts';
import { aboveEntropy, type Entry } from './entries.ts';
import { entryAfter, secondsOf, secondsOfAll } from './equalTime.ts';
import { type Group, groupsOf, seedOf, seeds } from './groups.ts';
import type { PastRun } from './readRun.ts';
import { median, pairedDifference } from './statistics.ts';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The meaning of the columns, as a sentence. */
  readonly note?: string;
}

/**
 * The final figures of the groups, the best median first, then of the baselines that all runs share.
 * @param baseline the name of the group that others are compared with; the first one if left out.
 * @throws UsageError if there is no such group.
 */
export function groupTable(groups: readonly Group[], baseline = groups[0].name): Table {
  const base = groups.find(({ name }) => name === baseline);
  if (base === undefined)
    throw new UsageError(
      `there is no group ${JSON.stringify(baseline)}; there are ${groups.map(({ name }) => name).join('; ')}`,
    );
  const [{ score }] = base.runs;
  const own = (value: number) => scoreText(score, value);
  const all = groups.flatMap(({ runs }) => runs);
  const noun = nounOf(all);
  const isPaired = groups.length > 1 && base.runs.length > 1;
  const isSpread = groups.some(({ runs }) => runs.length > 1);
  const isTimed = all.some(({ microseconds }) => microseconds !== undefined);
  const seconds = secondsOfAll(groups);
  const columns: readonly Column[] = [
    { title: isSpread ? 'group' : 'run', of: ({ name }) => name, shared: ({ name }) => name },
    ...figureColumns(
      all,
      `${score}, latest`,
      ({ last }) => last,
      ({ recent }) => own(recent),
    ),
    ...(isPaired
      ? [{ title: `against ${baseline}`, of: ({ runs }: Group) => differenceText(runs, base.runs, own) }]
      : []),
    ...(isSpread ? spreadColumns(own) : []),
    {
      title: noun,
      of: ({ runs }) => formatCount(Math.max(...runs.map(({ last }) => last.at))),
      shared: ({ at }) => formatCount(at),
    },
    {
      title: `${score}, all`,
      of: ({ runs }) => own(median(runs.map(({ last }) => last.mean))),
      shared: ({ mean }) => own(mean),
    },
    ...(isTimed ? [{ title: 'a step', of: timeText }] : []),
    ...(seconds === undefined
      ? []
      : [
          { title: 'CPU', of: (group: Group) => cpuText(secondsOf(group)) },
          ...figureColumns(all, `${score}, at ${cpuText(seconds)} of CPU`, (run) => entryAfter(run, seconds)),
        ]),
  ];
  const latest = new Map(groups.map((group) => [group, median(group.runs.map(({ last }) => last.recent))]));
  const place = (group: Group) => rank(latest.get(group) ?? Number.NaN);
  return {
    header: columns.map(({ title }) => title),
    rows: [
      ...[...groups].sort((a, b) => place(a) - place(b)).map((group) => columns.map(({ of }) => of(group))),
      ...sharedBaselines(all).map((baseline) => columns.map(({ shared }) => shared?.(baseline) ?? '')),
    ],
    note: [
      isSpread ? `Figures are medians over the runs of a group, after the last of its ${noun}.` : '',
      seconds === undefined
        ? ''
        : `CPU is the time of the processor for a whole run; the figures at ${cpuText(seconds)} of it are the latest ones when a run had taken that.`,
      isPaired
        ? 'The column against the baseline has the mean difference of runs with equal seeds in the latest figure, its bootstrap interval at 95 % if there are five and more, and their number.'
        : '',
    ]
      .filter(Boolean)
      .join(' '),
  };
}

interface Column {
  readonly title: string;
  of(group: Group): string;
  /** Of a baseline that all runs share; empty if left out. */
  shared?(baseline: Shared): string;
}

interface Shared {
  readonly name: string;
  readonly at: number;
  readonly recent: number;
  readonly mean: number;
}

function spreadColumns(own: (value: number) => string): Column[] {
  const latest = ({ runs }: Group) => runs.map(({ last }) => last.recent);
  return [
    { title: 'runs', of: ({ runs }) => String(runs.length) },
    {
      title: 'lowest – highest',
      of: (group) => `${own(Math.min(...latest(group)))} – ${own(worst(latest(group)))}`,
    },
  ];
}

/** The latest figure at an entry of each run, and how far it is above the entropy if that is known. */
function figureColumns(
  runs: readonly PastRun[],
  title: string,
  entryOf: (run: PastRun) => Entry,
  shared: Column['shared'] = () => '',
): Column[] {
  const [{ score }] = runs;
  const middle = (group: Group, figure: (entry: Entry) => number) =>
    median(group.runs.map((run) => figure(entryOf(run))));
  const recent = (entry: Entry) => entry.recent;
  const above = (entry: Entry) => aboveEntropy(entry) ?? Number.NaN;
  const isKnown = runs.every(({ last }) => aboveEntropy(last) !== undefined);
  return [
    { title, of: (group) => scoreText(score, middle(group, recent)), shared },
    ...(isKnown ? [{ title: 'above entropy', of: (group: Group) => aboveText(middle(group, above)) }] : []),
  ];
}

/** For runs with several rates: the best one of each group of runs that differ otherwise. */
export function bestRates(runs: readonly PastRun[]): Table | undefined {
  const rate = 'optimizer.rate';
  const of = ({ settings }: PastRun) => settings.get(rate) ?? '';
  const [{ score }] = runs;
  const groups = groupsOf(runs, [...seeds, rate]);
  if (groups.every(({ runs: own }) => own.every((run) => of(run) === of(own[0])))) return undefined;
  return {
    header: ['group', 'best rate', `${score}, latest`, 'rates tried'],
    rows: groups.map(({ name, runs: own }) => {
      const rates = [...new Set(own.map(of))].sort((a, b) => Number(a) - Number(b));
      const scored = rates.map((value) => ({
        value,
        latest: median(own.filter((run) => of(run) === value).map(({ last }) => last.recent)),
      }));
      const [best] = [...scored].sort((a, b) => rank(a.latest) - rank(b.latest));
      return [
        groups.length === 1 ? 'all' : name,
        best.value,
        scoreText(score, best.latest),
        rates.join(', '),
      ];
    }),
  };
}

export function nounOf([{ command }]: readonly PastRun[]): 'records' | 'steps' {
  return command === 'train' ? 'records' : 'steps';
}

/** The baselines and experts that are the same in all runs: those that learn from equal data in the same way. */
export function sharedBaselines(runs: readonly PastRun[]): Shared[] {
  const [{ last }, ...others] = runs;
  return Object.entries(last.baselines)
    .filter(([name, figures]) =>
      others.every((other) => JSON.stringify(other.last.baselines[name]) === JSON.stringify(figures)),
    )
    .map(([name, figures]) => ({ name, at: last.at, ...figures }));
}

function differenceText(
  runs: readonly PastRun[],
  base: readonly PastRun[],
  own: (value: number) => string,
): string {
  if (runs === base) return '';
  const bySeed = new Map(base.map((run) => [seedOf(run), run.last.recent]));
  const pairs = runs.flatMap((run) => {
    const other = bySeed.get(seedOf(run));
    return other === undefined ? [] : [run.last.recent - other];
  });
  const found = pairedDifference(pairs);
  if (found === undefined) return pairs.every(Number.isFinite) ? counted(0, 'pair') : 'not finite';
  const { mean, interval } = found;
  const range = interval === undefined ? '' : `${own(interval[0])} to ${own(interval[1])}, `;
  return `${own(mean)} (${range}${counted(found.pairs, 'pair')})`;
}

/** To the second, also where it is minutes: such times are compared. */
function cpuText(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : formatCount(Math.round(seconds))} s`;
}

function aboveText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : 'not finite';
}

function timeText({ runs }: Group): string {
  const times = runs.flatMap(({ microseconds }) => (microseconds === undefined ? [] : [microseconds]));
  return times.length === 0 ? '' : formatMicroseconds(median(times));
}

function scoreText(score: PastRun['score'], value: number): string {
  return Number.isFinite(value) ? (score === 'bits' ? formatBits(value) : formatLoss(value)) : 'not finite';
}

function worst(values: readonly number[]): number {
  return values.every(Number.isFinite) ? Math.max(...values) : Number.NaN;
}

/** Values that are not finite come last. */
function rank(value: number): number {
  return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
}
