import { createModel, createTextModel, restoreModel } from '../../trainers/norewind.ts';

const records = (count: number) =>
  Array.from({ length: count }, (_, t) => ({
    t,
    load: 20 + 5 * Math.sin(t / 4) + (t % 7),
    kind: 'abc'[t % 3],
  }));

/** The predictions and scores of a model of rows, on this machine and in a browser on it. */
export function rowsOf(count: number): {
  readonly scores: number[];
  readonly prediction: number;
  readonly resumed: number;
} {
  const model = createModel({ target: 'load', columns: ['load', 'kind'], categorical: ['kind'], units: 8 });
  const scores = records(count).map((record) => model.learnOne(record) ?? 0);
  // As a page keeps it in IndexedDB.
  const opened = restoreModel(structuredClone(model.snapshot()));
  const next = records(count + 1)[count];
  for (const each of [model, opened]) each.learnOne(next);
  return { scores, prediction: model.predictOne(), resumed: Number(opened.predictOne()) };
}

/** A text that a model writes after it has read one. */
export async function textOf(): Promise<string> {
  const model = createTextModel({ unit: 'character', symbols: 16, units: 8 });
  await model.partialFit('to be or not to be, '.repeat(40));
  return model.generate(20, { prime: 'to ', temperature: 0 });
}
