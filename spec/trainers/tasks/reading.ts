import type { Example } from '../../../trainers/tasks/index.ts';

/** The first examples of a stream. */
export function take<X, Y>(examples: Iterable<Example<X, Y>>, count: number): Example<X, Y>[] {
  const taken: Example<X, Y>[] = [];
  if (count === 0) return taken;
  for (const example of examples) if (taken.push(example) === count) break;
  return taken;
}

/** The same, read asynchronously; all examples if there is no count. */
export async function takeAsync<X, Y>(
  examples: AsyncIterable<Example<X, Y>>,
  count = Infinity,
): Promise<Example<X, Y>[]> {
  const taken: Example<X, Y>[] = [];
  for await (const example of examples) if (taken.push(example) === count) break;
  return taken;
}

/** The symbols behind a next-symbol task: the first input, then the targets. */
export function* symbolsOf(task: Iterable<Example<number, number>>): Generator<number, void, undefined> {
  let first = true;
  for (const { input, target } of task) {
    if (first) yield input;
    first = false;
    yield target;
  }
}

/** Predicts the probability of each symbol before seeing it. */
export interface Predictor {
  probability(symbol: number): number;
  observe(symbol: number): void;
}

export interface MeanLoss {
  /** In bits per step. */
  readonly mean: number;
  /**
   * The standard error of the mean, from the means of 100 batches, since the losses within a block are
   * dependent.
   */
  readonly error: number;
}

/** The mean log loss of a predictor over the targets of a next-symbol task. */
export function meanLoss(
  task: Iterable<Example<number, number>>,
  predictor: Predictor,
  steps: number,
): MeanLoss {
  const batch = steps / 100;
  const means = new Float64Array(100);
  let step = -1;
  for (const symbol of symbolsOf(task)) {
    if (step >= 0) means[Math.floor(step / batch)] -= Math.log2(predictor.probability(symbol)) / batch;
    predictor.observe(symbol);
    if (++step === steps) break;
  }
  const mean = means.reduce((a, b) => a + b) / 100;
  const variance = means.reduce((total, x) => total + (x - mean) ** 2, 0) / 99;
  return { mean, error: Math.sqrt(variance / 100) };
}
