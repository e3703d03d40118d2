import { ConfigurationError, guard } from '../../lib/index.ts';
import { summary } from '../../nn/index.ts';
import { mostPairs, symbolExperts } from '../experts/index.ts';
import { makeEstimator } from '../registry/estimators.ts';
import { builtIn } from '../registry/tables.ts';
import type { RowData, StreamConfig } from './given/config.ts';
import { lagOf } from './reading/rows.ts';
import { networkOf } from './sessions/network.ts';
import { timeInputs } from './targets/calendar.ts';
import { networkInputs } from './targets/rowCoder.ts';

/**
 * The limits of a readable checkpoint: Node reads files below 2 GiB, and safetensors headers end at 100 MB.
 */
const most = { tensors: 2 ** 31, header: 1e8 };

/** For rows: the combinations, eight experts at most of those built in, and absolute errors or confidences. */
const lists = { ofCategories: 8, ofNumbers: 20 };
/** For a text: one for each expert, six more for the counts, the combination, that without the network, confidences. */
const listsOfText = (experts: readonly string[]) => experts.length + 9;
/** As JSON with its comma. */
const widest = { score: '-1.2345678901234567e-10,'.length, pair: '[68719476735,123456789],'.length };

/**
 * Sizes that are valid one by one may be impossible together. Computed without allocating anything.
 * @throws ConfigurationError with the total, and what to reduce.
 */
export function requireRoom(config: StreamConfig, tables = builtIn): void {
  const { data, cell, estimator, optimizer, dtype } = config;
  const width = dtype === 'float64' ? 8 : 4;
  const inputs = data.kind === 'text' ? data.symbols : networkInputs(data);
  const perParameter = 1 + (tables.optimizers[optimizer.name]?.memory ?? 0);
  // Before the network is made, which refuses even larger sizes itself but knows no columns.
  requireTensors(config, inputs, inputs * cell.units * perParameter * width);
  const { parameters, totals } = summary(networkOf(config, tables));
  const own = totals.parameters * perParameter;
  const ofCell = parameters.reduce((sum, { path, count }) => sum + (path.startsWith('cell') ? count : 0), 0);
  // If units are independent, exact influence takes about as many numbers as their parameters, in real and
  // imaginary parts.
  const { cost } = makeEstimator(estimator, tables.estimators);
  const isDiagonal = tables.cells[cell.name].isDiagonal && tables.estimators[estimator.name].isStructured;
  const sizes = { state: totals.state, parameters: ofCell };
  const carried = isDiagonal ? 2 * ofCell : cost(sizes).memory;
  requireTensors(config, inputs, (own + carried) * width, carried > own);
  requireHeader(config);
}

function requireTensors(config: StreamConfig, inputs: number, bytes: number, isCarried = false): void {
  if (bytes < most.tensors) return;
  const { data, cell, estimator, optimizer } = config;
  const ofInputs =
    data.kind === 'text'
      ? '--symbols'
      : `--columns${data.categorical.length > 0 ? ` or --categories (${data.categories} for each of ${data.categorical.length} columns)` : ''}`;
  const remedies = [...(inputs > cell.units ? [ofInputs] : []), '--units'];
  const other = isCarried ? ', or choose an --estimator that carries less, such as tbptt' : '';
  throw new ConfigurationError(
    `${whole(inputs)} inputs and ${whole(cell.units)} units of ${cell.name} take ${guard.mebibytes(bytes)} MiB with ${estimator.name} and ${optimizer.name}, and ${guard.mebibytes(most.tensors)} MiB is the most: reduce ${remedies.join(' or ')}${other}`,
  );
}

/**
 * The latest scores, the counts of successors, rows waiting for targets, and category names are stored as
 * text.
 */
function requireHeader({ data, recent, experts = symbolExperts }: StreamConfig): void {
  const isText = data.kind === 'text';
  const isCategory = isText || data.categorical.includes(data.target);
  const kept = isText ? listsOfText(experts) : isCategory ? lists.ofCategories : lists.ofNumbers;
  const ofScores = recent * kept * widest.score;
  const classes = isText ? 0 : data.categories;
  const pairs =
    isCategory && !isText
      ? [1, 2, 3].reduce((sum, length) => sum + Math.min(mostPairs, 2 * classes ** length), 0)
      : 0;
  const ofRows = isText ? 0 : bytesOfRows(data);
  const bytes = ofScores + pairs * widest.pair + ofRows;
  if (bytes < most.header) return;
  if (!isText && ofRows > ofScores) throw tooWide(data, bytes);
  throw new ConfigurationError(
    `the last ${whole(recent)} scores and what else a checkpoint keeps beside the network take ${guard.mebibytes(bytes)} MiB in it, and ${guard.mebibytes(most.header)} MiB is the most: reduce --recent`,
  );
}

function bytesOfRows(data: RowData): number {
  return waitingBytes(data) + 12 * data.categorical.length * data.categories;
}

function waitingBytes(data: RowData): number {
  const ofColumns = data.columns.reduce(
    (sum, column) => sum + (data.categorical.includes(column) ? 2 * data.categories : 22),
    22 * timeInputs(data),
  );
  // The row is an input of the network and of the experts; each expert has said something.
  const ofExperts = data.categorical.includes(data.target) ? 12 * data.categories : 70;
  return lagOf(data) * (2 * ofColumns + 22 * ofExperts);
}

function tooWide(data: RowData, bytes: number): ConfigurationError {
  const categories = data.categorical.length * data.categories;
  const lag = waitingBytes(data) > 12 * categories ? '--horizon, --delay, ' : '';
  return new ConfigurationError(
    `${whole(data.columns.length)} columns, ${whole(categories)} categories and ${whole(lagOf(data))} rows that wait for their targets take ${guard.mebibytes(bytes)} MiB in a checkpoint beside the network, and ${guard.mebibytes(most.header)} MiB is the most: reduce ${lag}--columns or --categories`,
  );
}

function whole(count: number): string {
  return count.toLocaleString('en-US');
}
