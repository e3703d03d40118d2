/**
 * Models of streams, as `norewind train` makes them, kept in folders: `import … from 'norewind/stream'`. It
 * reads and writes files, so it needs Node; without the files, the same models are in norewind/trainers.
 */
export { UsageError } from '../../lib/index.ts';
export type {
  Better,
  Drift,
  Figures,
  PredictorFigures,
  ReliabilityBin,
  Unit,
} from '../../trainers/evaluation/index.ts';
export type {
  CategoryForecast,
  Forecast,
  Interval,
  Learnt,
  LearntSymbol,
  NumberForecast,
  Report,
  RowData,
  RowOptions,
  RowRecord,
  Settings,
  Stream,
  StreamConfig,
  SymbolData,
  TextGeneration,
  TextOptions,
  TextSymbol,
  Value,
} from '../../trainers/streams/index.ts';
export { FailedError } from '../errors.ts';
export {
  createModel,
  createTextModel,
  openModel,
  openTextModel,
  type RowModel,
  type TextModel,
} from './checkpoint/storedModel.ts';
