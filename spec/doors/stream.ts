import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModel, createTextModel, type RowModel, type TextModel } from '../../cli/stream/index.ts';
import {
  type RowModel as PortableRowModel,
  type TextModel as PortableTextModel,
  restoreModel,
  restoreTextModel,
} from '../../trainers/index.ts';
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
  createModel({
    target: 't',
    columns: ['t', 'kind'],
    categorical: ['kind'],
    ...small(),
  } as never) as RowModel;

/** Reads the beginning of what is given piece after piece. */
const reading =
  (read: (...args: readonly unknown[]) => AsyncGenerator<unknown>) =>
  async (...args: readonly unknown[]) => {
    for await (const piece of read(...args)) return piece;
    return undefined;
  };

const ofRows = (model: PortableRowModel) => ({
  ...methods(model, {
    learnOne: openDoor(() => [rows()[0], 2]),
    partialFit: openDoor(() => [rows(), [3]]),
    predictOne: openDoor(() => [rows()[0]]),
    report: door(() => []),
    snapshot: door(() => []),
  }),
  learn: { ...openDoor(() => [rows()]), call: reading(model.learn as never) },
});
const ofText = (model: PortableTextModel) => ({
  ...methods(model, {
    partialFit: openDoor(() => ['to be']),
    predictOne: door(() => []),
    predictProbaOne: door(() => []),
    generate: door(() => [3, { prime: 'to', temperature: 1, seed: 1 }]),
    report: door(() => []),
    snapshot: door(() => []),
  }),
  learn: { ...openDoor(() => [['to', ' be']]), call: reading(model.learn as never) },
});

const saving = <M extends { save(folder: string): void }>(model: M, folder: string) =>
  methods(model, { save: door(() => [join(process.cwd(), folder)]) });
const ofStoredRows = (model: RowModel) => ({ ...ofRows(model), ...saving(model, 'saved') });
const ofStoredText = (model: TextModel) => ({ ...ofText(model), ...saving(model, 'savedText') });

const rowOptions = () => [
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
];
const textOptions = () => [{ ...small(), unit: 'character', alphabet: 'to be' }];

export const streamDoors: Doors = {
  createModel: door(rowOptions, ofStoredRows),
  createTextModel: door(textOptions, ofStoredText),
  openModel: door(() => [savedIn('rows', () => rowModel())], ofStoredRows),
  openTextModel: door(() => [savedIn('text', () => createTextModel({ units: 2 }))], ofStoredText),
};

/** Copies of a value that is made once. */
function copiesOf<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return structuredClone(made);
  };
}
const rowSnapshot = copiesOf(() => rowModel().snapshot());
const textSnapshot = copiesOf(() => createTextModel({ units: 2 }).snapshot());

/** The same models without files, as norewind/trainers has them. */
export const modelDoors: Doors = {
  createModel: door(rowOptions, ofRows),
  createTextModel: door(textOptions, ofText),
  restoreModel: openDoor(
    () => [rowSnapshot()],
    (model: PortableRowModel) => ofRows(restoreModel(model.snapshot())),
  ),
  restoreTextModel: openDoor(
    () => [textSnapshot()],
    (model: PortableTextModel) => ofText(restoreTextModel(model.snapshot())),
  ),
};

/** The folder of a model that was saved once. */
function savedIn(name: string, make: () => { save(folder: string): void }): string {
  const folder = join(process.cwd(), name);
  if (!existsSync(folder)) make().save(folder);
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
