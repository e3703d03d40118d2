import { formatBits, formatLoss } from '../../trainers/evaluation/index.ts';
import { counted, formatCount, formatMicroseconds } from '../terminal/numbers.ts';
import type { Contestant } from './contest.ts';
import { converged, untrained } from './settings.ts';
import type { BookScore } from './yardsticks.ts';

export type Verdict = 'converged' | 'diverged' | 'on its way' | 'stopped';

/** The outcome of a contestant in influence balancing. */
export function verdictOf({ outcome, records }: Contestant): Verdict {
  const loss = records.at(-1)?.recent ?? Number.POSITIVE_INFINITY;
  if (outcome?.status === 'diverged') return 'diverged';
  if (outcome?.status !== 'done') return 'stopped';
  if (loss < converged) return 'converged';
  return loss > untrained ? 'diverged' : 'on its way';
}

export function balancingRows(contestants: readonly Contestant[]): string[][] {
  return contestants.map((contestant) => {
    const { title, outcome, records } = contestant;
    const verdict = verdictOf(contestant);
    const step =
      outcome?.status === 'diverged' ? ` beyond all numbers at step ${formatCount(outcome.steps + 1)}` : '';
    return [title, formatLoss(records.at(-1)?.recent ?? Number.NaN), timeOf(outcome), `${verdict}${step}`];
  });
}

/** Says which contestants converged and which did not. */
export function balancingSentence(contestants: readonly Contestant[]): string {
  const of = (wanted: Verdict) =>
    contestants.filter((contestant) => verdictOf(contestant) === wanted).map(({ title }) => title);
  const parts = (['converged', 'diverged', 'on its way', 'stopped'] as const).flatMap((verdict) => {
    const names = of(verdict);
    if (names.length === 0) return [];
    const isOne = names.length === 1;
    return [
      `${listing(names)} ${{ converged: 'converged', diverged: 'diverged', 'on its way': isOne ? 'is on its way' : 'are on their way', stopped: isOne ? 'was stopped' : 'were stopped' }[verdict]}`,
    ];
  });
  return `${parts.join('; ')}.`;
}

function timeOf(outcome: Contestant['outcome']): string {
  return formatMicroseconds(outcome?.microseconds ?? null).replace(' µs', '');
}

export function bookRows(contestants: readonly Contestant[]): string[][] {
  const own = contestants.flatMap(({ title, records, outcome, plan }) => {
    const last = records.at(-1);
    if (last === undefined) return [];
    const figures = [formatBits(last.mean), formatBits(last.recent)];
    return [[title, ...figures, timeOf(outcome), kindOf(plan.config.estimator)]];
  });
  const yardsticks = Object.entries(contestants[0].records.at(-1)?.baselines ?? {});
  return [
    ...own,
    ...yardsticks.map(([label, { mean, recent }]) => [
      label,
      formatBits(mean),
      formatBits(recent),
      '-',
      'counts of the next character by the ones before it, without back-off',
    ]),
  ];
}

function kindOf({ name, window }: Contestant['plan']['config']['estimator']): string {
  if (name === 'uoro') return "the paper's: a GRU of 64 units, learnt forward in time";
  return `the same network, learnt back over ${counted(Number(window), 'step')}`;
}

/** Says whether UORO won on the book: against the other networks, and against the counting models. */
export function bookSentences(
  contestants: readonly Contestant[],
  scores: readonly BookScore[] = [],
): string[] {
  const [uoro, ...others] = contestants.map(({ title, records }) => ({
    title,
    bits: records.at(-1)?.recent ?? Number.NaN,
  }));
  const { steps } = contestants[0].plan.config;
  const isComplete = contestants.every(({ outcome }) => outcome?.status === 'done');
  if (!isComplete) return ['The book was not read to the end.'];
  const first = comparison(uoro, others, 'in the last part');
  const counters = Object.entries(contestants[0].records.at(-1)?.baselines ?? {}).map(
    ([title, { recent }]) => ({
      title: `the ${title}`,
      bits: recent,
    }),
  );
  const best = [uoro, ...others].reduce((a, b) => (b.bits < a.bits ? b : a));
  return [
    `After ${formatCount(steps)} characters ${first}.`,
    `Of the networks, ${comparison(best, counters, 'in the last part')}.`,
    ...defaultSentence(scores),
  ];
}

/** Says where `norewind train` stands, over the whole book. */
function defaultSentence(scores: readonly BookScore[]): string[] {
  const [served, ...others] = scores.map(({ title, bits }) => ({
    title: title.trim().replace(/^without/, 'the same without'),
    bits,
  }));
  return served === undefined ? [] : [`${comparison(served, others, 'over all')}.`];
}

interface Score {
  readonly title: string;
  readonly bits: number;
}

function comparison(own: Score, others: readonly Score[], where: string): string {
  const told = ({ title, bits }: Score) => `${title} (${formatBits(bits)})`;
  const beaten = others.filter(({ bits }) => own.bits < bits).map(told);
  const better = others.filter(({ bits }) => own.bits >= bits).map(told);
  const clauses = [
    better.length > 0 ? `loses to ${listing(better)}` : '',
    beaten.length > 0 ? `beats ${listing(beaten)}` : '',
  ];
  return `${own.title} (${formatBits(own.bits)} bits a character ${where}) ${clauses.filter(Boolean).join(' and ')}`;
}

function listing(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
