/** Models of streams, as `norewind train` makes them: `import … from 'norewind/stream'`. It reads and writes files, so it needs Node. */
export { FailedError, UsageError } from '../errors.ts';
export type { Better } from './better.ts';
export type { ReliabilityBin } from './calibration.ts';
export type { RowData, StreamConfig, SymbolData } from './config.ts';
export type { Drift, PredictorFigures } from './evaluation.ts';
export type { TextGeneration } from './generateText.ts';
export {
  createModel,
  type Learnt,
  openModel,
  type RowModel,
  type RowOptions,
  type RowRecord,
  type Stream,
  type Value,
} from './rowModel.ts';
export type { Figures, Unit } from './scores.ts';
export type { Report } from './session.ts';
export type { Settings } from './settings.ts';
export {
  createTextModel,
  type LearntSymbol,
  openTextModel,
  type TextModel,
  type TextOptions,
  type TextSymbol,
} from './textModel.ts';
