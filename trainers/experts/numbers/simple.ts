import { misfit, requireEntries, requireNumbers } from '../../evaluation/saved.ts';
import { latestOf, type NumberExpert, type NumberQuestion, seasonCount, within } from './numberQuestion.ts';

export type None = Readonly<Record<string, never>>;

/** An expert that has nothing to learn. */
function fixed(name: string, predict: (question: NumberQuestion) => number): NumberExpert<None> {
  return {
    name,
    init: () => ({}),
    predict: (_, question) => predict(question),
    update: (state) => state,
    check: (state) => requireEntries('an expert that learns nothing', state, []),
  };
}

/** The latest known value. */
export const persistence = fixed('persistence', latestOf);

/** The mean of all values so far. */
export const mean = fixed('mean', (question) => question.mean);

/** The mean absolute error of each candidate, in sizes of changes, over the latest answers. */
export interface Errors {
  readonly errors: number[];
}

/** λ: an error's weight halves after 34 others. */
const forgetting = 0.98;
/** In sizes of changes: one wild answer must not decide for long. */
const most = 100;

/** Of several candidates, the one whose latest errors were the smallest; null stands for an unknown one. */
function bestOf(
  name: string,
  count: number,
  candidates: (question: NumberQuestion) => readonly (number | null)[],
): NumberExpert<Errors> {
  return {
    name,
    init: () => ({ errors: new Array<number>(count).fill(0) }),
    predict({ errors }, question) {
      let best: number | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const [i, candidate] of candidates(question).entries()) {
        if (candidate === null || errors[i] >= least) continue;
        best = candidate;
        least = errors[i];
      }
      return best ?? latestOf(question);
    },
    update(state, question, answer) {
      const size = question.size > 0 ? question.size : 1;
      for (const [i, candidate] of candidates(question).entries())
        if (candidate !== null)
          state.errors[i] =
            forgetting * state.errors[i] +
            (1 - forgetting) * Math.min(most, Math.abs(candidate - answer) / size);
      return state;
    },
    check: ({ errors }) => requireNumbers('a mean error', errors, most, 0),
  };
}

/** The value one season ago (seasonal naive), of the season that has done best. */
export const seasonal = bestOf('seasonal', seasonCount, ({ seasons }) =>
  seasons.map((season) => season?.value ?? null),
);

/** The latest value, and the change that one season ago led from there to the answer. */
export const drift = bestOf('drift', seasonCount, (question) =>
  question.seasons.map((season) => season && latestOf(question) + season.change),
);

/** α: the part of the way that the level goes towards each new value. */
const rates = [0.1, 0.3, 0.6];

export interface Levels extends Errors {
  /** One level for each rate; empty before the first value. */
  readonly levels: number[];
}

/**
 * Exponential smoothing (Brown, 1956) with several rates, of which the one that has done best predicts. The
 * level follows the known values, however late their predictions are answered.
 */
export const smoothing: NumberExpert<Levels> = {
  name: 'smoothing',
  init: () => ({ errors: rates.map(() => 0), levels: [] }),
  predict({ errors, levels }, question) {
    if (levels.length === 0) return latestOf(question);
    const best = errors.indexOf(Math.min(...errors));
    return levels[best] + rates[best] * (latestOf(question) - levels[best]);
  },
  update(state, question, answer) {
    const { errors, levels } = state;
    const size = question.size > 0 ? question.size : 1;
    const latest = latestOf(question);
    if (levels.length === 0) levels.push(...rates.map(() => latest));
    for (const [i, rate] of rates.entries()) {
      levels[i] += rate * (latest - levels[i]);
      errors[i] =
        forgetting * errors[i] + (1 - forgetting) * within(Math.abs(levels[i] - answer) / size, most);
    }
    return state;
  },
  check({ errors, levels }) {
    requireNumbers('a mean error', errors, most, 0);
    if (levels.length > 0 && levels.length !== rates.length) throw misfit('smoothing has other levels');
    requireNumbers('a level', levels, 1e101);
  },
};
