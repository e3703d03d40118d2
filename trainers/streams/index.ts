export { type Table, withoutNetwork } from '../experts/index.ts';
export { type Ahead, aheadOf } from './ahead.ts';
export { checkConfig } from './checkConfig.ts';
export type { RowData, StreamConfig, SymbolData } from './config.ts';
export { createModel, type RowOptions, restoreModel } from './createModel.ts';
export { type CategoryForecast, type Forecast, forecast, type NumberForecast } from './forecast.ts';
export { textSources } from './foreign.ts';
export { generateText, requireTemperature, type TextGeneration } from './generate.ts';
export { influenceNorms } from './influence.ts';
export { beginning, behind, type Position } from './position.ts';
export { type Batch, Problem, quoted } from './problem.ts';
export {
  type Interval,
  type Learnt,
  type RowModel,
  type RowRecord,
  rowModelOf,
  type Stream,
  type Value,
} from './rowModel.ts';
export { type RowConfig, rowConfigOf, rowOptions } from './rowOptions.ts';
export { rowPredictor } from './rowPredictor.ts';
export type { Fields } from './rowReader.ts';
export { createRowReader } from './rowReader.ts';
export type { Row } from './rows.ts';
export { columnsOf, lagOf, timeOf } from './rows.ts';
export type { Report, SavedSession, Session } from './session.ts';
export { completeConfig, type OwnParts, type Settings, settingGroups } from './settings.ts';
export {
  type OpenedRows,
  type OpenedText,
  openSession,
  openSnapshot,
  requireSnapshot,
  type Snapshot,
} from './snapshot.ts';
export type { Source, Sources } from './source.ts';
export { inputsAmong, surveyed } from './survey.ts';
export { symbolPredictor } from './symbolPredictor.ts';
export { type Code, readSymbols } from './symbolReader.ts';
export { textOf } from './text.ts';
export {
  createTextModel,
  type LearntSymbol,
  restoreTextModel,
  type TextModel,
  type TextOptions,
  type TextSymbol,
  textModelOf,
} from './textModel.ts';
export { timestampsOf } from './time.ts';
export { type Dialect, dialectOf, numberOf } from './values.ts';
