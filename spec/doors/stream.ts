import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModel, createTextModel, type RowModel, type TextModel } from '../../cli/stream/index.ts';
import { type Doors, door, methods, openDoor } from './walk.ts';

const small = () => ({
  cell: 'rnn',
  units: 2,
  estimator: 'uoro',
  rank: 1,
  rate: 0.01,
  dtype: 'float64',
  seed: 1,
  recent: 10,
  every: 10,
});
const rows = () => [{ t: 1, kind: 'a', when: '2020-01-01' }];
const rowModel = () =>
  createModel({ target: 't', columns: ['t', 'kind'], categorical: ['kind'], ...small() } as never) as RowModel;

/** Reads the beginning of what is given piece after piece. */
const reading =
  (read: (...args: readonly unknown[]) => AsyncGenerator<unknown>) =>
  async (...args: readonly unknown[]) => {
    for await (const piece of read(...args)) return piece;
    return undefined;
  };

const ofRows = (model: RowModel) => ({
  ...methods(model, {
    learnOne: openDoor(() => [rows()[0], 2]),
    partialFit: openDoor(() => [rows(), [3]]),
    predictOne: openDoor(() => [rows()[0]]),
    report: door(() => []),
    save: door(() => [join(process.cwd(), 'saved')]),
  }),
  learn: { ...openDoor(() => [rows()]), call: reading(model.learn as never) },
});
const ofText = (model: TextModel) => ({
  ...methods(model, {
    partialFit: openDoor(() => ['to be']),
    predictOne: door(() => []),
    predictProbaOne: door(() => []),
    generate: door(() => [3, { prime: 'to', temperature: 1, seed: 1 }]),
    report: door(() => []),
    save: door(() => [join(process.cwd(), 'savedText')]),
  }),
  learn: { ...openDoor(() => [['to', ' be']]), call: reading(model.learn as never) },
});

export const streamDoors: Doors = {
  createModel: door(
    () => [
      {
        ...small(),
        target: 't',
        predict: 'value',
        columns: ['t', 'kind'],
        categorical: ['kind'],
        horizon: 1,
        delay: 0,
        timestamp: 'when',
        timeFormat: '%Y-%m-%d',
        missing: ['NA'],
        decimal: '.',
        categories: 4,
      },
    ],
    ofRows,
  ),
  createTextModel: door(() => [{ ...small(), unit: 'character', alphabet: 'to be' }], ofText),
  openModel: door(() => [savedIn('rows', () => rowModel())], ofRows),
  openTextModel: door(() => [savedIn('text', () => createTextModel({ units: 2 }))], ofText),
};

/** The folder of a model that was saved once. */
function savedIn(name: string, make: () => { save(folder: string): void }): string {
  const folder = join(process.cwd(), name);
  make().save(folder);
  return folder;
}

/** Runs in a folder of its own: a text among the bad arguments is a path. */
export function inFolder(): void {
  const home = process.cwd();
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'norewind-doors-'));
    process.chdir(folder);
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });
}
