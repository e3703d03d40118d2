import { task } from '../registry/entry.ts';
import { adding, addingOptions } from './adding.ts';
import { anbn, anbnOptions } from './anbn.ts';
import { attitude, attitudeOptions } from './attitude.ts';
import { copy, copyOptions } from './copy.ts';
import { delayedSum, delayedSumOptions } from './delayedSum.ts';
import { distantBrackets, distantBracketsOptions } from './distantBrackets.ts';
import { hypergradient, hypergradientOptions } from './hypergradient.ts';
import { influenceBalancing, influenceBalancingOptions } from './influenceBalancing.ts';
import { mimic, mimicOptions } from './mimic.ts';

export { type AddingOptions, type AddingTask, adding } from './adding.ts';
export { type AnbnOptions, type AnbnTask, anbn } from './anbn.ts';
export { type AttitudeOptions, type AttitudeParameters, type AttitudeTask, attitude } from './attitude.ts';
export { type CopyOptions, type CopyTask, copy } from './copy.ts';
export { type DelayedSumOptions, type DelayedSumTask, delayedSum } from './delayedSum.ts';
export { type DistantBracketsOptions, type DistantBracketsTask, distantBrackets } from './distantBrackets.ts';
export {
  type HypergradientOptions,
  type HypergradientParameters,
  type HypergradientTask,
  hypergradient,
} from './hypergradient.ts';
export {
  type InfluenceBalancingOptions,
  type InfluenceBalancingTask,
  type InfluenceParameters,
  influenceBalancing,
  type NoInput,
} from './influenceBalancing.ts';
export { type MimicOptions, type MimicTask, mimic } from './mimic.ts';
export { type RotationOptions, type RotationTask, rotation } from './rotation.ts';
export { type Row, type SeriesOptions, series } from './series.ts';
export type { Example, Feed, Surprisal, Symbols, SymbolTask, Task } from './task.ts';
export { type TextFeed, type TextOptions, type TextTask, text } from './text.ts';
export type { Vocabulary } from './vocabulary.ts';

/** The built-in tasks that are made from settings, by name. */
export const tasks = {
  influenceBalancing: task(influenceBalancing, influenceBalancingOptions),
  anbn: task(anbn, anbnOptions),
  distantBrackets: task(distantBrackets, distantBracketsOptions),
  copy: task(copy, copyOptions),
  adding: task(adding, addingOptions),
  delayedSum: task(delayedSum, delayedSumOptions),
  mimic: task(mimic, mimicOptions),
  hypergradient: task(hypergradient, hypergradientOptions),
  attitude: task(attitude, attitudeOptions),
};
