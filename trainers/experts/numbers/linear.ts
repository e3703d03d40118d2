import { requireNumbers, requireWhole } from '../../evaluation/saved.ts';
import type { Plain } from '../common/tables.ts';
import { type LeastSquaresState, leastSquares } from './leastSquares.ts';
import {
  lagCount,
  latestOf,
  type NumberExpert,
  type NumberQuestion,
  seasonCount,
  within,
} from './numberQuestion.ts';

/** λ: an example's weight halves after 693 others. */
const forgetting = 0.999;
/** δ: as if three examples of inputs of unit size had said that nothing depends on them. */
const ridge = 3;
/** In sizes of changes and in deviations: an outlier must not undo what was learnt from other values. */
const clip = 10;
/** The most other inputs that are seen: an update takes 3 n² multiplications. */
const mostInputs = 96;

/** The examples after which the unit of the target is trusted. */
const trusted = 50;

/** A constant, the level, and the latest changes. */
const ofLags = 1 + lagCount;

/**
 * Inputs of a linear expert from the target itself: 1, the latest value in deviations from the mean, the seven
 * latest changes in sizes of changes.
 */
function lagFeatures(question: NumberQuestion, features: Float64Array): void {
  const { lags, mean, deviation, size } = question;
  features.fill(0);
  features[0] = 1;
  if (lags.length === 0) return;
  features[1] = within((lags[0] - mean) / deviation, clip);
  if (size === 0) return;
  for (let i = 1; i < lagCount; i++) features[1 + i] = within((lags[i - 1] - lags[i]) / size, clip);
}

export interface Regression extends LeastSquaresState {
  /** The examples so far, at most `trusted`, and the unit of their targets while there are fewer. */
  examples: number;
  unit: number;
}

/**
 * A regression on some features of a question, whose prediction is the latest value plus some changes.
 *
 * Targets are in units that are estimated too: changes of a quiet start are small, and those of the first days
 * after it 10 units, which would outweigh hundreds of later ones. So the first targets count in the unit of the
 * latest of them. Later on, each keeps the unit of its time, which grows with the values.
 */
function regression(
  name: string,
  inputs: number,
  look: (question: NumberQuestion, features: Float64Array) => void,
): NumberExpert<Regression> {
  const model = leastSquares({ inputs, forgetting, ridge });
  const features = new Float64Array(inputs);
  return {
    name,
    init: () => ({ ...model.init(), examples: 0, unit: 0 }),
    predict(state, question) {
      const { from, size } = scaleOf(question);
      if (size === 0) return from;
      look(question, features);
      return from + (isYoung(state) ? state.unit : size) * model.predict(state, features);
    },
    update(state, question, answer) {
      const { from, size } = scaleOf(question);
      if (size === 0) return state;
      look(question, features);
      if (isYoung(state)) for (let i = 0; i < inputs; i++) state.projected[i] *= state.unit / size;
      state.examples = Math.min(trusted, state.examples + 1);
      state.unit = state.examples < trusted ? size : 0;
      model.update(state, features, within((answer - from) / size, clip));
      return state;
    },
    // Earlier versions had no unit: each target kept that of its time.
    completed: (saved) => ({ examples: trusted, unit: 0, ...(saved as Readonly<Record<string, Plain>>) }),
    check(state) {
      model.check(state);
      requireWhole('a number of examples', [state.examples], trusted + 1);
      requireNumbers('a unit', [state.unit], 1e120, isYoung(state) ? Number.MIN_VALUE : 0);
    },
  };
}

/** Whether the targets so far are in `unit`. */
const isYoung = ({ examples }: Regression) => examples > 0 && examples < trusted;

/**
 * Where predictions start from, and their unit. A shrunk regression stays close to its start: the latest
 * value. Other columns of the same row say more than the row before, so for a horizon of 0 it is the mean.
 * There is no unit before the first change.
 */
function scaleOf({ isSameRow, size, mean, deviation, lags }: NumberQuestion): { from: number; size: number } {
  if (!isSameRow && lags.length > 0) return { from: lags[0], size };
  return { from: mean, size: lags.length > 0 && size === 0 ? 0 : deviation };
}

/** Least squares on the latest values. */
export const lags = regression('lags', ofLags, lagFeatures);

const ofSeasons = 2 * seasonCount;

/**
 * Least squares on the latest values, the values and changes of a season ago, and all other inputs.
 * @param inputs the number of other inputs in a question; the first `mostInputs` are seen.
 */
export function linear(inputs: number): NumberExpert<Regression> {
  const others = Math.min(inputs, mostInputs);
  return regression('linear', ofLags + ofSeasons + others, (question, features) => {
    lagFeatures(question, features);
    const steps = seasonSteps(question);
    for (let i = 0; i < ofSeasons; i++) features[ofLags + i] = steps[i];
    for (let i = 0; i < others; i++) features[ofLags + ofSeasons + i] = question.inputs[i];
  });
}

/** Of each season, how far its value is from the latest one, and its change, in sizes of changes. */
export function seasonSteps(question: NumberQuestion): number[] {
  const { seasons, size } = question;
  const latest = latestOf(question);
  const steps: number[] = [];
  for (const season of seasons) {
    if (season === null || size === 0) steps.push(0, 0);
    else steps.push(within((season.value - latest) / size, clip), within(season.change / size, clip));
  }
  return steps;
}
