import { createConformal } from '../../evaluation/conformal.ts';
import type { Mark } from '../../evaluation/evaluation.ts';
import { requireEntries, requireLength, requireNumbers, requireSame } from '../../evaluation/saved.ts';
import {
  lagCount,
  largestPrediction,
  latestOf,
  type NumberExpert,
  type NumberQuestion,
  numberMixer,
  requireNumber,
  withoutNetwork,
} from '../../experts/index.ts';
import type { RowData } from '../given/config.ts';
import { lagOf, type Row } from '../reading/rows.ts';
import { createHistory } from './history.ts';
import { createScale, type Normalizer, trusted } from './normalizer.ts';
import { createPanel } from './panel.ts';
import type { Members } from './panelExperts.ts';
import { ofResidual, otherInputs, type RowCoder, shownInputs } from './rowCoder.ts';
import { requireQuestion, type SavedNumberTarget } from './savedNumbers.ts';
import type { Asked, Target } from './target.ts';

export interface NumberAsked extends Asked {
  readonly question: NumberQuestion;
  /** Of the experts other than the network. */
  readonly predictions: readonly number[];
  /** The network's output, times `size`, is added to `from`. A size of 0 is none yet. */
  readonly from: number;
  readonly size: number;
  /** The half-width of the interval; null if it is not known, negative if it is to hold nothing. */
  readonly radius: number | null;
  /** All predictions at that time, if the output is from that time too. */
  readonly combined?: readonly number[];
}

/**
 * Predicts a number with experts. The network learns, by `predict`, the value, the change since the latest
 * known one, or the residual: what the linear expert leaves. For a residual it also sees the step that the
 * linear expert takes, its latest residual and the seasons.
 */
export function numberTarget(
  data: RowData,
  coder: RowCoder,
  { experts, hasNetwork }: Members<NumberExpert>,
  coverage: number,
  saved: SavedNumberTarget | undefined,
): Target<NumberAsked> {
  const numbers = normalizerIn(coder);
  if (saved !== undefined)
    requireEntries('the models of numbers', saved, [
      'history',
      'panel',
      'average',
      'changes',
      'residuals',
      'residual',
      'interval',
    ]);
  const panel = createPanel({ experts, hasNetwork, mixer: numberMixer, sound: requireNumber }, saved?.panel);
  const history = createHistory(data, saved?.history);
  const changes = createScale(saved?.changes);
  const residuals = createScale(saved?.residuals);
  const interval = createConformal(coverage, undefined, saved?.interval);
  let residual = saved?.residual ?? 0;
  let {
    count,
    mean: average,
    zeros,
  }: SavedNumberTarget['average'] = saved?.average ?? {
    count: 0,
    mean: 0,
    zeros: 0,
  };
  requireNumbers('a residual', [residual], 1e120);
  const own = otherInputs(data);
  const shown = shownInputs(data);
  const base = experts.findIndex(({ name }) => name === 'linear');
  const meanWith = (value: number) => average + (value - average) / (count + 1);
  const numberIn = (row: Row) => coder.targetOf(row) as number | null;
  const kind = data.predict ?? 'value';

  function startOf(question: NumberQuestion, predictions: readonly number[]): { from: number; size: number } {
    if (kind === 'value') return { from: question.mean, size: question.deviation };
    if (kind === 'change') return { from: latestOf(question), size: question.size };
    const { count, square } = residuals.save();
    // The first residuals are those of an expert that has seen next to nothing.
    return { from: predictions[base], size: count < trusted ? 0 : Math.sqrt(square) };
  }

  function ask(
    inputs: readonly number[],
    pause: number | undefined,
    next: number | null | undefined,
    latest: number,
  ): NumberAsked {
    // This runs for every row: written out, as spreading objects takes longer than all the rest.
    const { lags, seasons, ahead } = history.look(pause, next);
    const question: NumberQuestion = {
      lags,
      seasons,
      ahead,
      mean: typeof next === 'number' ? meanWith(next) : average,
      deviation: numbers.deviation,
      size: changes.size,
      isSameRow: lagOf(data) === 0,
      inputs: own.map((i) => inputs[i]),
    };
    const predictions = panel.predict(question);
    const { from, size } = startOf(question, predictions);
    const input =
      kind === 'residual'
        ? inputs.slice(0, shown).concat(ofResidual(question, from, latest, residuals.size))
        : inputs;
    return { question, predictions, from, size, input, radius: interval.radius() };
  }

  const saidOf = ({ from, size }: NumberAsked, output: ArrayLike<number> | undefined) =>
    !hasNetwork ? undefined : size === 0 || output === undefined ? from : from + size * output[0];
  /** The places of the combinations, which are bounded; without one, of the only expert. */
  const served = panel.names.map((name, i) => i === 0 || name === withoutNetwork);

  function combinedOf(asked: NumberAsked, output: ArrayLike<number> | undefined): readonly number[] {
    if (asked.combined !== undefined) return asked.combined;
    const combined = panel.combine(asked.predictions, saidOf(asked, output));
    return isAmount(zeros, count)
      ? combined.map((said, i) => (served[i] ? Math.max(0, said) : said))
      : combined;
  }

  /** The goal of the network: a change or a residual counts towards their size first. */
  function goalOf({ question, from }: NumberAsked, value: number): readonly [number] | undefined {
    const isKnown = question.lags.length > 0;
    if (isKnown) changes.add(value - question.lags[0]);
    if (kind === 'value') return [numbers.normalize(value)];
    if (kind === 'change') return isKnown ? [changes.scaled(value - question.lags[0])] : undefined;
    if (!isKnown && !question.isSameRow) return undefined;
    residual = value - from;
    residuals.add(residual);
    return residuals.save().count < trusted ? undefined : [residuals.scaled(residual)];
  }

  return {
    unit: 'squared error',
    names: panel.names,
    ask: (inputs, pause) => ask(inputs, pause, undefined, residual),
    askAfter(row, inputs, pause, oldest) {
      const value = numberIn(row);
      return ask(
        inputs,
        pause,
        value,
        value === null || oldest === undefined ? residual : value - oldest.from,
      );
    },
    withOutput: (asked, output) => ({
      ...asked,
      output: Array.from(output ?? []),
      combined: combinedOf(asked, output),
    }),
    tell(asked, output) {
      const [prediction] = combinedOf(asked, output);
      const { radius } = asked;
      const wide = radius === null ? null : Math.max(0, radius);
      return {
        prediction,
        low: wide === null ? null : prediction - wide,
        high: wide === null ? null : prediction + wide,
      };
    },
    probabilities: () => undefined,
    answer(asked, row, learn) {
      const value = numberIn(row);
      const { question, output } = asked;
      if (value === null) {
        learn(undefined);
        return undefined;
      }
      const stepped = learn(goalOf(asked, value));
      // The scale of the inputs may have changed since, but not that of the question.
      const combined = combinedOf(asked, output ?? stepped);
      panel.update(question, combined, value);
      if (question.lags.length === 0) return undefined;
      const errors = combined.map((prediction) => Math.abs(prediction - value));
      interval.add(errors[0], asked.radius);
      const mark: Mark = {
        scores: errors.map((error) => error ** 2),
        absoluteErrors: errors,
        error: Math.min(1, errors[0] / question.deviation),
      };
      return { mark, pair: [value, combined[0], asked.radius] };
    },
    see({ from }, row) {
      const value = numberIn(row);
      if (value !== null) residual = value - from;
    },
    latest: (row) => history.latest(row === undefined ? undefined : numberIn(row)),
    note(row) {
      const value = numberIn(row);
      history.note(value);
      if (value === null) return;
      average = meanWith(value);
      count++;
      if (value < 0) zeros = undefined;
      else if (value === 0 && zeros !== undefined) zeros++;
    },
    forget() {
      history.forget();
      residual = 0;
    },
    mark() {
      const past = history.mark();
      const before = { residual, count, average, zeros };
      return () => {
        past();
        ({ residual, count, average, zeros } = before);
      };
    },
    weights: panel.weights,
    errors: () => interval.save().latest,
    interval: () => ({
      stated: coverage,
      held: interval.coverage,
      count: interval.count,
      radius: interval.radius(),
    }),
    trail(pairs) {
      const [predicted, radii] = [pairs.said(), pairs.radii()];
      const bound = (sign: 1 | -1) =>
        predicted.map((said, i) => (Number.isNaN(radii[i]) ? null : said + sign * Math.max(0, radii[i])));
      return {
        kind: 'numbers',
        actual: pairs.came(),
        predicted,
        stated: coverage,
        low: bound(-1),
        high: bound(1),
      };
    },
    requireOwn(asked) {
      requireEntries(
        'a row that waits',
        asked,
        ['input', 'question', 'predictions', 'from', 'size', 'radius'],
        ['output', 'combined'],
      );
      requireQuestion(asked.question, own.length, history.look(undefined).ahead, lagOf(data) === 0);
      // A prediction for more than one row ahead was made when it was asked for.
      for (const part of [asked.combined, asked.output])
        requireSame('that a row that waits has its predictions', part !== undefined, lagOf(data) > 1);
      // At most `lag` values have come since it was asked.
      if (count > lagOf(data)) requireLength('the list of latest values', asked.question.lags, lagCount);
      requireLength('the list of predictions', asked.predictions, experts.length);
      requireNumbers('a prediction', [...asked.predictions, asked.from], largestPrediction);
      requireNumbers('a size', [asked.size], 1e120, 0);
      requireNumbers('a half-width', [asked.radius ?? 0], Number.MAX_VALUE, -1);
      if (asked.combined === undefined) return;
      requireLength('the list of predictions', asked.combined, panel.names.length);
      requireNumbers('a prediction', asked.combined, 1e140);
    },
    save: () => ({
      history: history.save(),
      panel: panel.save(),
      average: { count, mean: average, ...(zeros !== undefined && { zeros }) },
      changes: changes.save(),
      residuals: residuals.save(),
      residual,
      interval: interval.save(),
    }),
  };
}

/**
 * Whether values are counts or amounts, which stay at or above 0: none was below, and some lie at that bound. As long as
 * that holds, a prediction below 0 is nearer to every value when it is 0.
 */
function isAmount(zeros: number | undefined, count: number): boolean {
  return zeros !== undefined && zeros > 2 && 50 * zeros >= count;
}

function normalizerIn({ numbers }: RowCoder): Normalizer {
  if (numbers === undefined) throw new TypeError('the target is not a number');
  return numbers;
}
