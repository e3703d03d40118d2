import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { plainRtrlRnn } from './rtrl-rnn.ts';
import { plainTbpttGru } from './tbptt-gru.ts';
import { plainTbpttRnn } from './tbptt-rnn.ts';
import { plainUoroGru } from './uoro-gru.ts';
import { plainUoroRnn } from './uoro-rnn.ts';

/** The step written by hand in plain JavaScript, if there is one. */
export function plainContestant(problem: Problem): Contestant | undefined {
  const { cell, estimator, dtype } = problem;
  if (dtype !== 'float32' || cell === 'lstm') return undefined;
  switch (estimator) {
    case 'uoro':
      return cell === 'rnn' ? plainUoroRnn(problem) : plainUoroGru(problem);
    case 'rtrl':
      return cell === 'rnn' ? plainRtrlRnn(problem) : undefined;
    default:
      return (cell === 'rnn' ? plainTbpttRnn : plainTbpttGru)(problem, estimator === 'tbptt-1' ? 1 : 16);
  }
}
