export { type Table, withoutNetwork } from '../experts/index.ts';
export { checkConfig } from './checkConfig.ts';
export { createModel, type RowOptions, restoreModel } from './createModel.ts';
export type { RowData, StreamConfig, SymbolData } from './given/config.ts';
export { type RowConfig, rowConfigOf, rowOptions } from './given/rowOptions.ts';
export { textSources } from './reading/foreign.ts';
export { beginning, behind, type Position } from './reading/position.ts';
export { type Batch, Problem, quoted } from './reading/problem.ts';
export type { Fields } from './reading/rowReader.ts';
export { createRowReader } from './reading/rowReader.ts';
export type { Row } from './reading/rows.ts';
export { columnsOf, lagOf, timeOf } from './reading/rows.ts';
export type { Source, Sources } from './reading/source.ts';
export { inputsAmong, surveyed } from './reading/survey.ts';
export { type Code, readSymbols } from './reading/symbolReader.ts';
export { textOf } from './reading/text.ts';
export { timestampsOf } from './reading/time.ts';
export { type Dialect, dialectOf, numberOf } from './reading/values.ts';
export {
  type Interval,
  type Learnt,
  type RowModel,
  type RowRecord,
  rowModelOf,
  type Stream,
  type Value,
} from './rowModel.ts';
export { type Ahead, aheadOf } from './sessions/ahead.ts';
export { type CategoryForecast, type Forecast, forecast, type NumberForecast } from './sessions/forecast.ts';
export { generateText, requireTemperature, type TextGeneration } from './sessions/generate.ts';
export { influenceNorms } from './sessions/influence.ts';
export { rowPredictor } from './sessions/rowPredictor.ts';
export type { Report, SavedSession, Session } from './sessions/session.ts';
export { symbolPredictor } from './sessions/symbolPredictor.ts';
export { completeConfig, type OwnParts, type Settings, settingGroups } from './settings.ts';
export {
  type OpenedRows,
  type OpenedText,
  openSession,
  openSnapshot,
  requireSnapshot,
  type Snapshot,
} from './snapshot.ts';
export {
  createTextModel,
  type LearntSymbol,
  restoreTextModel,
  type TextModel,
  type TextOptions,
  type TextSymbol,
  textModelOf,
} from './textModel.ts';
