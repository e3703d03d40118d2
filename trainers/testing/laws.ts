import { dataOf, NorewindError, pathsOf, type Tensor, type Tree } from '../../lib/index.ts';
import { LawError, UncheckedError } from './numbers.ts';
import type { Fixture } from './unrolled.ts';

/** Laws by name; each throws if it does not hold. */
export type Laws = Readonly<Record<string, () => void>>;

/** Checks laws one after the other. @throws LawError for the first that does not hold. */
export function checkLaws(name: string, laws: Laws): void {
  for (const [law, check] of Object.entries(laws)) {
    const error = thrownBy(check);
    if (error === undefined) continue;
    const { sentence, example } = lawError(error);
    const Kind = error instanceof UncheckedError ? UncheckedError : LawError;
    throw new Kind(`${name}: ${law}: ${sentence}`, { cause: error, example });
  }
}

/** The same law, whose error shows an example if it has none yet. */
export function withExample(check: () => void, example: () => readonly string[]): () => void {
  return () => {
    const error = thrownBy(check);
    if (error !== undefined) throw lawError(error, example);
  };
}

/**
 * A law on runs of several lengths: checked at `most`, and where it fails, at shorter ones, to show the shortest
 * that fails too.
 */
export function fewest(
  most: number,
  check: (length: number) => void,
  example: (length: number) => readonly string[],
): () => void {
  return () => {
    let [length, error] = [most, thrownBy(() => check(most))];
    if (error === undefined) return;
    if (error instanceof UncheckedError) throw error;
    for (let shorter = 1; shorter < length; shorter++) {
      const other = thrownBy(() => check(shorter));
      if (other instanceof LawError && !(other instanceof UncheckedError)) [length, error] = [shorter, other];
    }
    throw lawError(error, () => example(length));
  };
}

/** The error that a function throws; undefined if it returns. */
function thrownBy(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error ?? new Error('undefined was thrown');
  }
}

/** The error of a law. Those of the subject's own code name their class. */
export function lawError(error: unknown, example: () => readonly string[] = () => []): LawError {
  if (error instanceof UncheckedError || (error instanceof LawError && error.example.length > 0))
    return error;
  const sentence = error instanceof LawError ? error.sentence : sentenceOf(error);
  return new LawError(sentence, { cause: error, example: example() });
}

function sentenceOf(error: unknown): string {
  if (error instanceof NorewindError) return error.message;
  return error instanceof Error ? `it threw ${error.name}: ${error.message}` : `it threw ${String(error)}`;
}

/** The parts that determine a run, a line each. */
export function describeRun({ parameters, state, examples }: Fixture, seed: number): readonly string[] {
  const { length } = examples;
  return [
    `${length} ${length === 1 ? 'step' : 'steps'}, seed ${seed}`,
    ...treeLines('params', parameters),
    ...treeLines('state', state),
    ...examples.flatMap(({ input }, t) => treeLines(length === 1 ? 'input' : `input ${t + 1}`, input)),
  ];
}

/** A line for each leaf of a tree. */
export function treeLines(name: string, tree: unknown): readonly string[] {
  if (typeof tree !== 'object' || tree === null) return [`${name} = ${String(tree)}`];
  return pathsOf(tree as Tree, name).map(({ path, tensor }) => tensorLine(path, tensor));
}

/** A tensor on one line: its dtype unless float64, its shape, its strides if unusual, its first values. */
export function tensorLine(name: string, x: Tensor): string {
  const { stride, offset } = x.toNdarray();
  const usual = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const isPlain = offset === 0 && x.shape.every((length, axis) => length < 2 || stride[axis] === usual[axis]);
  const layout = isPlain ? '' : `, strides [${stride.join()}] from ${offset}`;
  const dtype = x.dtype === 'float64' ? '' : `${x.dtype} `;
  const values = [...dataOf(x)];
  const shown = values.slice(0, most).map((value) => String(Number(value.toPrecision(6))));
  return `${name} = ${dtype}[${x.shape.join()}]${layout}: ${shown.join(' ')}${values.length > most ? ' …' : ''}`;
}

/** The most values of a tensor in a line. */
const most = 8;
