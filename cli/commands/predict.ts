import { DataError, UsageError } from '../../lib/index.ts';
import {
  type Code,
  checkConfig,
  forecast,
  lagOf,
  Problem,
  quoted,
  type Row,
  type RowData,
  rowPredictor,
  type StreamConfig,
  symbolPredictor,
} from '../../trainers/streams/index.ts';
import { exitCodes } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { type Model, readModel } from '../stream/checkpoint/model.ts';
import { requireFurtherFiles } from '../stream/input/furtherFiles.ts';
import { openSources } from '../stream/input/openSources.ts';
import { readData } from '../stream/input/readData.ts';
import { counted, roundedTo } from '../terminal/numbers.ts';
import { complain } from '../terminal/screen.ts';
import { type SignalWatch, watchSignals } from '../training/stop.ts';
import { delimiterOf, formatOf } from './options/dataFormat.ts';
import { flagOf } from './options/declared.ts';
import { type DialectOptions, dialectKeys, dialectOf } from './options/dialectOptions.ts';
import { withoutValue } from './withoutValue.ts';

export interface PredictOptions extends DialectOptions {
  readonly steps?: number;
  readonly learn?: boolean;
  readonly fresh?: boolean;
  readonly format?: RowData['kind'];
  readonly onError: 'stop' | 'skip';
}

const ofRows = ['format', ...dialectKeys] as const;
/** The options that change nothing without data. */
const ofData = ['learn', 'fresh', ...ofRows] as const;

/**
 * `norewind predict`: writes a line for each record. Returns the exit code. The saved model is not changed.
 */
export async function predict(
  path: string,
  data: readonly string[],
  options: PredictOptions,
): Promise<number> {
  if (data.length === 0) {
    if (options.steps === undefined)
      throw new UsageError('name the data to predict, or give --steps to predict what follows the training');
    const given = ofData.find((key) => options[key] !== undefined);
    if (given !== undefined) throw new UsageError(`${flagOf(given)} is for data: name them, or leave it out`);
    return predictAhead(
      await readModel(path),
      options.steps,
      watchSignals(() => {}),
    );
  }
  if (options.steps !== undefined && options.learn !== true)
    throw new UsageError(
      '--steps after data needs --learn: without it, the model stays where its training ended',
    );
  const { sources, close } = openSources(data);
  const model = await readModel(path);
  const config = configFor(model, data[0], options);
  const take = predictorOf(model, { learn: options.learn === true, fresh: options.fresh === true });
  const watch = watchSignals(close);
  const needsTarget = model.kind === 'rows' && (lagOf(model.data) > 0 || options.learn === true);
  const absent = model.kind === 'rows' ? withoutValue(model.data, needsTarget, complain) : undefined;
  const dispensable = model.kind === 'rows' && !needsTarget ? model.data.target : undefined;
  const write = async (lines: readonly string[]) => {
    if (lines.length > 0) await watch.write(lines.join(''));
  };
  let record = 0;
  let skipped = 0;
  try {
    await requireFurtherFiles(data, config, dispensable);
    for await (const batch of readData(sources, config, undefined, dispensable)) {
      if (watch.signal !== undefined) break;
      const lines: string[] = [];
      for (const entry of batch) {
        if (entry instanceof Problem) {
          if (options.onError === 'stop') {
            await write(lines);
            throw new DataError(`${entry.sentence}; use --on-error skip to leave such records out`);
          }
          skipped++;
          continue;
        }
        record++;
        absent?.see(entry as Row);
        const prediction = take(entry);
        if (prediction !== undefined)
          lines.push(`${JSON.stringify({ record, ...inFewDigits(prediction) })}\n`);
      }
      await write(lines);
    }
  } catch (error) {
    // A signal closes the data, which then seem to fail.
    if (watch.signal === undefined) throw error;
  }
  watch.requireOutput();
  absent?.end();
  if (skipped > 0) complain(`${counted(skipped, 'record')} ${skipped === 1 ? 'was' : 'were'} left out`);
  if (watch.signal !== undefined) return signalExitCode(watch.signal as NodeJS.Signals);
  if (record === 0) throw new DataError('the data have no record: there is nothing to predict');
  return options.steps === undefined ? exitCodes.done : await predictAhead(model, options.steps, watch);
}

/** Writes a line for each of the next steps. */
async function predictAhead(model: Model, steps: number, watch: SignalWatch): Promise<number> {
  if (model.kind !== 'rows')
    throw new UsageError('--steps is for models of rows: `norewind generate` continues a text');
  const { target, horizon, delay = 0 } = model.data;
  if (horizon + delay === 0)
    throw new UsageError(
      `the model predicts ${quoted(target)} from the same row: in place of --steps, name a file of the rows to come, which needs no such column`,
    );
  const rows = forecast(model.data, model.session, steps);
  // Rows at midnights alone, on their own clock, are written as days.
  const { offset } = model.session;
  const isDaily = [model.session, ...rows].every(({ time = -offset }) => (time + offset) % 86_400 === 0);
  const lines = rows.map(({ time, ...own }) => {
    const iso =
      time === undefined ? undefined : new Date(1000 * (time + (isDaily ? offset : 0))).toISOString();
    const when = iso === undefined ? {} : { time: isDaily ? iso.slice(0, iso.indexOf('T')) : iso };
    return `${JSON.stringify({ ...inFewDigits(own), ...when })}\n`;
  });
  await watch.write(lines.join(''));
  watch.requireOutput();
  return exitCodes.done;
}

/** A prediction without the digits that say nothing, beyond seven and below a millionth of its interval. Outcomes stay as they are. */
function inFewDigits(own: object): object {
  const said: Readonly<Record<string, unknown>> = { ...own };
  const { low, high } = said;
  const width = typeof low === 'number' && typeof high === 'number' ? high - low : 0;
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => {
      if (typeof value !== 'number') return [key, value];
      if (key === 'probability' || key === 'bits') return [key, Number(value.toPrecision(6))];
      const isRounded = width > 0 && (key === 'prediction' || key === 'low' || key === 'high');
      return [key, isRounded ? roundedTo(value, width / 1e6) : value];
    }),
  );
}

/** The configuration for these data: rows may have another format than in training. */
function configFor(model: Model, name: string, options: PredictOptions): StreamConfig {
  const { format } = options;
  if (model.kind === 'symbols') {
    const given = ofRows.find((key) => options[key] !== undefined);
    if (given !== undefined)
      throw new UsageError(`a model of text reads plain text: leave out ${flagOf(given)}`);
    return model.config;
  }
  const { comment, ...data } = model.data;
  const kind = format ?? formatOf(name) ?? data.kind;
  const config = {
    ...model.config,
    data: {
      ...data,
      kind,
      delimiter: delimiterOf(name) ?? data.delimiter,
      // NDJSON has no comments.
      ...(kind === 'csv' && comment !== undefined ? { comment } : {}),
      ...dialectOf(kind, options),
    },
  };
  checkConfig(config);
  return config;
}

function predictorOf(
  model: Model,
  use: { readonly learn: boolean; readonly fresh: boolean },
): (entry: unknown) => object | undefined {
  if (model.kind === 'rows') {
    const take = rowPredictor(model.data, model.session, use);
    return (entry) => take(entry as Row);
  }
  const take = symbolPredictor(model.data, model.session, use);
  return (entry) => take(entry as Code);
}
