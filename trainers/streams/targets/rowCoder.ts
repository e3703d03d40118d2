import { latestOf, type NumberQuestion, seasonCount, seasonSteps, within } from '../../experts/index.ts';
import type { RowData } from '../given/config.ts';
import { columnsOf, type Row, timeOf } from '../reading/rows.ts';
import { anglesOf, ofWeekday, timeInputs, weekdaysOf } from './calendar.ts';
import {
  clip,
  createNormalizer,
  createScale,
  type Normalizer,
  type SavedNormalizer,
  type SavedScale,
} from './normalizer.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** The statistics of the columns so far, which encode rows as numbers for a network. */
export interface RowCoder {
  /**
   * Adds the values of a row.
   * @param before the latest known number of the target before it.
   */
  learn(row: Row, before?: number): void;
  /**
   * The inputs, column by column: a number as its normalised value (0 if missing) and a flag for missing; a
   * category as a one-hot vector (all 0 if missing). Then, if changes or residuals of the target are predicted
   * from its own past, its latest change in units of the typical change. Then, if rows have times, the pause since the
   * previous row, as the normalised logarithm of 1 plus its seconds, the time of day, week and year, and the weekday.
   * @param before the latest known number of the target before the row.
   */
  encode(row: Row, before?: number): number[];
  /** The number of inputs. */
  readonly inputs: number;
  /** The inputs of a row, from what the network is shown of it and the time on its clock. */
  complete(shown: readonly number[], clock: number | undefined): number[];
  /** The typical pause between rows in seconds, a geometric mean; undefined if rows have no times yet. */
  pause(): number | undefined;
  /** The columns without any value so far. */
  unseen(): readonly string[];
  /** The value of the target in a row. */
  targetOf(row: Row): number | string | null;
  /** The numbers of the target so far, or its categories. */
  readonly numbers: Normalizer | undefined;
  readonly categories: Vocabulary<string> | undefined;
  save(): SavedCoder;
}

export type SavedCoder = readonly (SavedNormalizer | readonly string[] | SavedScale)[];

/** The inputs that a network has for a residual, besides those of the row. */
const residualInputs = 2 + 2 * seasonCount;

/** These inputs: of the linear expert, which predicts `from`, and of the seasons. */
export function ofResidual(question: NumberQuestion, from: number, residual: number, size: number): number[] {
  const step = question.size === 0 ? 0 : within((from - latestOf(question)) / question.size, clip);
  const left = size === 0 ? 0 : within(residual / size, clip);
  return [step, left].concat(seasonSteps(question));
}

/** The number of inputs of the network. */
export function networkInputs(data: RowData): number {
  return shownInputs(data) + (data.predict === 'residual' ? residualInputs : 0);
}

/**
 * The number of inputs of a row that the network is shown, the first ones. Weekdays are left to the linear
 * expert, whose residual it learns, and to softmax regression: on two dozen series, that predicted as well in less
 * time.
 */
export function shownInputs(data: RowData): number {
  const isLeft = data.predict === 'residual' || data.categorical.includes(data.target);
  return inputsOf(data) - (isLeft ? ofWeekday(data) : 0);
}

/**
 * The places of the inputs of a row that are not of the target's own value. Those of the time come first if there
 * are weekdays, as of many inputs the linear expert sees the first ones.
 */
export function otherInputs(data: RowData): readonly number[] {
  let at = 0;
  const own = new Set<number>();
  for (const column of data.columns) {
    const width = widthOf(data, column);
    if (column === data.target) for (let i = 0; i < width; i++) own.add(at + i);
    at += width;
  }
  if (seesChange(data)) own.add(at);
  const others = Array.from({ length: inputsOf(data) }, (_, i) => i).filter((i) => !own.has(i));
  const ofTime = ofWeekday(data) === 0 ? 0 : timeInputs(data);
  return [...others.slice(others.length - ofTime), ...others.slice(0, others.length - ofTime)];
}

const widthOf = ({ categorical, categories }: RowData, column: string) =>
  categorical.includes(column) ? categories : 2;

/** The number of inputs of a row. */
export function inputsOf(data: RowData): number {
  const others = timeInputs(data) + (seesChange(data) ? 1 : 0);
  return data.columns.reduce((sum, column) => sum + widthOf(data, column), others);
}

/**
 * On the scale of a column with a trend, the changes to predict may be too small to see, so they are inputs
 * too.
 */
export function seesChange({ columns, target, predict }: RowData): boolean {
  return (predict === 'change' || predict === 'residual') && columns.includes(target);
}

export function createRowCoder(data: RowData, saved: SavedCoder = []): RowCoder {
  const columns = columnsOf(data);
  const codes = columns.map((column, i) =>
    data.categorical.includes(column)
      ? createVocabulary(data.categories, saved[i] as readonly string[] | undefined)
      : createNormalizer(saved[i] as SavedNormalizer | undefined),
  );
  const at = columns.indexOf(data.target);
  const target = codes[at];
  const changes = seesChange(data) ? createScale(saved[columns.length] as SavedScale | undefined) : undefined;
  const changeOf = (row: Row, before: number | undefined) =>
    row[at] === null || before === undefined ? undefined : (row[at] as number) - before;
  const placeOfPauses = columns.length + (changes === undefined ? 0 : 1);
  const pauses =
    data.timestamp === undefined
      ? undefined
      : createNormalizer(saved[placeOfPauses] as SavedNormalizer | undefined);
  const typicalPause = () => (pauses === undefined || pauses.count < 3 ? undefined : Math.expm1(pauses.mean));
  const weekdays = (time: number) => (ofWeekday(data) === 0 ? [] : weekdaysOf(time, typicalPause()));
  const pauseOf = (row: Row) => {
    const { elapsed } = timeOf(data, row);
    return elapsed === null ? null : Math.log1p(elapsed);
  };
  return {
    learn(row, before) {
      // A vocabulary gets strings and a normaliser numbers: the reader has checked that.
      for (const [i, code] of codes.entries()) if (row[i] !== null) code.add(row[i] as never);
      const change = changes && changeOf(row, before);
      if (change !== undefined) changes?.add(change);
      const pause = pauses && pauseOf(row);
      if (typeof pause === 'number') pauses?.add(pause);
    },
    encode(row, before) {
      const inputs = data.columns.flatMap((_, i) => {
        const [code, value] = [codes[i], row[i]];
        if (!isVocabulary(code)) return value === null ? [0, 1] : [code.normalize(value as number), 0];
        const vector = new Array<number>(data.categories).fill(0);
        if (value !== null) vector[code.indexOf(value as string)] = 1;
        return vector;
      });
      if (changes !== undefined) inputs.push(changes.scaled(changeOf(row, before) ?? 0));
      if (pauses === undefined) return inputs;
      const pause = pauseOf(row);
      const { time, offset } = timeOf(data, row);
      const clock = time + offset;
      return [
        ...inputs,
        pause === null ? 0 : pauses.normalize(pause),
        ...anglesOf(clock),
        ...weekdays(clock),
      ];
    },
    inputs: inputsOf(data),
    complete: (shown, clock) => {
      const inputs = shown.slice(0, shownInputs(data));
      return clock === undefined || inputs.length === inputsOf(data)
        ? inputs
        : [...inputs, ...weekdays(clock)];
    },
    pause: typicalPause,
    unseen: () => columns.filter((_, i) => codes[i].count === 0),
    targetOf: (row) => row[at],
    numbers: isVocabulary(target) ? undefined : target,
    categories: isVocabulary(target) ? target : undefined,
    save: () => [...codes, changes, pauses].flatMap((code) => (code === undefined ? [] : [code.save()])),
  };
}

function isVocabulary(code: Normalizer | Vocabulary<string>): code is Vocabulary<string> {
  return 'indexOf' in code;
}
