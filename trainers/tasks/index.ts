export { type AddingOptions, type AddingTask, adding } from './adding.ts';
export { type AnbnOptions, type AnbnTask, anbn } from './anbn.ts';
export { type CopyOptions, type CopyTask, copy } from './copy.ts';
export { type DistantBracketsOptions, type DistantBracketsTask, distantBrackets } from './distantBrackets.ts';
export {
  type InfluenceBalancingOptions,
  type InfluenceBalancingTask,
  type InfluenceParameters,
  influenceBalancing,
  type NoInput,
} from './influenceBalancing.ts';
export { type RotationOptions, type RotationTask, rotation } from './rotation.ts';
export { type Row, type SeriesOptions, series } from './series.ts';
export type { Example, Feed, Symbols, SymbolTask, Task } from './task.ts';
export { type TextFeed, type TextOptions, type TextTask, text } from './text.ts';
export type { Vocabulary } from './vocabulary.ts';
