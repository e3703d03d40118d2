import { formatCount } from '../terminal/numbers.ts';
import { formatTable } from '../terminal/table.ts';
import type { Contestant } from './contest.ts';
import { balancingRows, balancingSentence, bookRows, bookSentences, verdictOf } from './verdicts.ts';
import { type BookScore, scoreRows } from './yardsticks.ts';

export const balancingHeader: readonly string[] = ['estimator', 'loss at the end', 'µs a step', 'verdict'];

export function bookHeader(lastPart: number): string[] {
  return ['model', 'bits, all', `bits, last ${formatCount(lastPart)}`, 'µs a step', 'what it is'];
}

export function balancingText(contestants: readonly Contestant[]): string {
  return `${formatTable(balancingHeader, balancingRows(contestants))}\n\n  ${balancingSentence(contestants)}\n`;
}

export function bookText(contestants: readonly Contestant[], scores: readonly BookScore[]): string {
  const rows = [...bookRows(contestants), ...scoreRows(scores)];
  const table = formatTable(bookHeader(contestants[0].plan.config.lastWindow), rows);
  return `${table}\n\n${bookSentences(contestants, scores)
    .map((sentence) => `  ${sentence}\n`)
    .join('')}`;
}

/** The outcome of a contestant, for programs. */
export function resultOf(race: string, contestant: Contestant): object {
  const { title, folder, outcome, records } = contestant;
  const last = records.at(-1);
  const isBook = last?.unit === 'bits';
  return {
    event: 'contestant',
    race,
    title,
    folder,
    status: outcome?.status ?? 'waiting',
    steps: outcome?.steps ?? 0,
    seconds: outcome?.seconds ?? 0,
    microseconds: outcome?.microseconds ?? null,
    ...(isBook
      ? { mean: last.mean, recent: last.recent }
      : { verdict: verdictOf(contestant), recent: last?.recent }),
  };
}

/** The figures of the default learner or of a compressor on the book, for programs. */
export function yardstickOf(race: string, { title, what, bits, lastBits }: BookScore): object {
  return { event: 'yardstick', race, title: title.trim(), what, mean: bits, recent: lastBits };
}
