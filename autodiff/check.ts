import {
  DTypeError,
  guard,
  type Noise,
  pathsOf,
  rebuild,
  seeded,
  type Tensor,
  type Tree,
} from '../lib/index.ts';
import { liftTree } from './arguments.ts';
import { Comparison, type Names } from './comparison.ts';
import { difference } from './differences.ts';
import { directionsOf, dot, flatten, largest, split } from './directions.ts';
import { jvp } from './jvp.ts';
import { callName } from './level.ts';
import { linearize } from './linearize.ts';

export interface CheckOptions {
  /** 1 checks the derivative; 2 (default) also the derivatives of its push and pull; and so on. */
  readonly order?: number;
  /**
   * The first step of the differences, halved from there; relative to inputs greater than 1. Default 1/16.
   */
  readonly step?: number;
  /** The largest difference allowed, relative to the largest number in the column. Default 1e-7. */
  readonly tolerance?: number;
  /** Seeds the random directions. Default 0. */
  readonly seed?: number;
}

const checkOptions: guard.Checks<CheckOptions> = {
  order: guard.whole(1, 8),
  step: guard.between(Number.MIN_VALUE),
  tolerance: guard.between(0),
  seed: guard.whole(0),
};

export interface CheckReport {
  /** The number of pairs compared. */
  readonly compared: number;
  /** The largest discrepancy, as a fraction of the tolerance. */
  readonly worst: number;
}

/** Push and pull run the same program, so they differ by rounding only. */
const rounding = 1e-12;

/** A function of float tensors only, with the names of its inputs and outputs. */
interface Subject {
  readonly run: (...inputs: Tensor[]) => Tensor[];
  readonly inputs: readonly Tensor[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/**
 * Checks the derivatives of f at one point without relying on derivative rules: push against central
 * differences, for each element of the inputs (in random directions if there are more than 64) and of the
 * outputs; pull against push by the adjoint identity <push v, u> = <v, pull u> to 1e-12; jvp against push.
 * Order 2 does the same to x -> pull(u) and x -> push(v).
 *
 * All float tensors are float64; int32 tensors are held fixed. f must be differentiable `order` times at the
 * point.
 * @throws DerivativeError naming the worst entry, DTypeError for float32, where differences have no digits
 * left.
 */
export function checkDerivatives<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: A,
  options: CheckOptions = {},
): CheckReport {
  const name = callName('checkDerivatives', f);
  guard.argument(name, 'primals', primals, guard.list);
  const {
    order = 2,
    step = 1 / 16,
    tolerance = 1e-7,
    seed = 0,
  } = guard.options('checkDerivatives', options, checkOptions);
  const lifted = primals.map(liftTree);
  const leaves = lifted.flatMap((primal, i) =>
    pathsOf(primal).map(({ path, tensor }) => ({ tensor, path: `argument ${i}${path && ` at ${path}`}` })),
  );
  const inputs = leaves.filter(({ tensor }) => tensor.dtype !== 'int32');
  for (const { path, tensor } of inputs) requireFloat64(tensor, `${name}: ${path}`);
  const call = (floats: readonly Tensor[]) => {
    let at = 0;
    const args: readonly unknown[] = rebuild(
      lifted as Tree[],
      leaves.map(({ tensor }) => (tensor.dtype === 'int32' ? tensor : floats[at++])),
    );
    return pathsOf(liftTree(f(...(args as A)))).filter(({ tensor }) => tensor.dtype !== 'int32');
  };
  const outputs = call(inputs.map(({ tensor }) => tensor));
  for (const { path, tensor } of outputs)
    requireFloat64(tensor, `${name}: the result${path && ` at ${path}`}`);
  const subject: Subject = {
    run: (...floats) => call(floats).map(({ tensor }) => tensor),
    inputs: inputs.map(({ tensor }) => tensor),
    inputNames: inputs.map(({ path }) => path),
    outputNames: outputs.map(({ path }) => `result${path && ` at ${path}`}`),
  };
  const report = { compared: 0, worst: 0 };
  checkOrder(subject, 1, '', { name, order, step, tolerance, noise: seeded(seed), report });
  return report;
}

interface Setting extends Required<Omit<CheckOptions, 'seed'>> {
  readonly name: string;
  readonly noise: Noise;
  readonly report: { compared: number; worst: number };
}

function checkOrder(subject: Subject, order: number, of: string, setting: Setting): void {
  checkFirst(subject, `${setting.name}: order ${order}${of}`, setting);
  if (order >= setting.order) return;
  const { run, inputs, inputNames, outputNames } = subject;
  const cotangents = run(...inputs).map((output) => setting.noise.normal(output.shape));
  const tangents = inputs.map((input) => setting.noise.normal(input.shape));
  const pulled: Subject = {
    ...subject,
    run: (...xs) => linearize(run, ...xs).pull(cotangents),
    outputNames: inputNames.map((input) => `cotangent of ${input}`),
  };
  const pushed: Subject = {
    ...subject,
    run: (...xs) => linearize(run, ...xs).push(...tangents),
    outputNames: outputNames.map((output) => `tangent of ${output}`),
  };
  checkOrder(pulled, order + 1, `${of}, of the pull`, setting);
  checkOrder(pushed, order + 1, `${of}, of the push`, setting);
}

function checkFirst(
  { run, inputs, inputNames, outputNames }: Subject,
  where: string,
  setting: Setting,
): void {
  const { noise, report, step, tolerance } = setting;
  const value = run(...inputs);
  const line = linearize(run, ...inputs);
  const names: Names = {
    inputs: inputNames,
    outputs: outputNames,
    inputShapes: inputs.map(shapeOf),
    outputShapes: value.map(shapeOf),
  };
  const comparison = new Comparison(where, names, report);
  const [x, y] = [flatten(inputs), flatten(value)];
  flatten(line.value).forEach((primal, i) => {
    comparison.note('the value under linearize against the value alone', primal, y[i], 0, i);
  });

  const directions = directionsOf(x.length, noise);
  const cotangents = directionsOf(y.length, noise);
  const pulls = cotangents.map(({ values }) => flatten(line.pull(split(values, value))));
  const pushes = directions.map(({ values }) => flatten(line.push(...split(values, inputs))));
  const size = [...pulls, ...pushes].reduce((most, column) => Math.max(most, largest(column)), 0);
  directions.forEach(({ values: v, element }, i) => {
    const push = pushes[i];
    const forward = flatten(jvp(run, inputs as Tensor[], split(v, inputs))[1]);
    const reach = element === 'random' ? 1 : Math.max(1, Math.abs(x[element]));
    const moved = (epsilon: number) =>
      flatten(
        run(
          ...split(
            x.map((at, j) => at + epsilon * v[j]),
            inputs,
          ),
        ),
      );
    const differences = difference(moved, step * reach);
    // Differences divide the rounding of f by the step, so they have no more digits than f leaves.
    const scale = Math.max(largest(push), largest(differences), largest(y) / reach);
    push.forEach((rule, at) => {
      comparison.note(
        'push against central differences',
        rule,
        differences[at],
        tolerance * scale,
        at,
        element,
      );
      comparison.note('jvp against push', forward[at], rule, rounding * size, at, element);
    });
    cotangents.forEach(({ values: u, element: output }, j) => {
      const [left, right] = [dot(push, u), dot(v, pulls[j])];
      comparison.note(
        'pull against push',
        right.sum,
        left.sum,
        rounding * Math.max(size, left.terms, right.terms),
        output,
        element,
      );
    });
  });
  comparison.settle();
}

function shapeOf({ shape }: Tensor): readonly number[] {
  return shape;
}

function requireFloat64(tensor: Tensor, who: string): void {
  if (tensor.dtype !== 'float64')
    throw new DTypeError(`${who} is ${tensor.dtype}; differences need float64: convert it with cast`);
}
