import {
  add,
  type Cell,
  compile,
  concat,
  div,
  dot,
  exp,
  linearize,
  mul,
  type Operand,
  outer,
  reshape,
  rnn,
  seeded,
  slice,
  sqrt,
  type Tensor,
  tensor,
  vjp,
  zeros,
} from '../../../trainers/norewind.ts';
import type { Rule } from './rules.ts';

export interface Network {
  /** ∂s/∂θ after all steps, row by row: 2 units by 8 parameters. */
  readonly exact: Float64Array;
  /** The numbers of s̃ ⊗ θ̃ after all steps under these signs, two a step. */
  estimate(rule: Rule, signs: Float64Array): Float64Array;
}

type Parameters = ReturnType<ReturnType<typeof rnn>['init']>;

/** A tanh network of two units with one input: eight parameters, and a sign for each unit at each step. */
export function network(seed: number, steps: number): Network {
  const noise = seeded(seed);
  const cell: Cell<Parameters, Tensor, Tensor> = rnn({ inputs: 1, units: 2 });
  // Weights that let the past act.
  const params: Parameters = {
    w: noise.normal([1, 2]),
    u: noise.normal([2, 2]),
    b: mul(noise.normal([2]), 0.5),
  };
  const inputs = Array.from({ length: steps }, () => noise.normal([1]));
  const last = (theta: Parameters) => inputs.reduce((s, x) => cell.step(theta, s, x).state, cell.start());
  const { 1: pull } = vjp(last, params);
  const rows = [tensor([1, 0]), tensor([0, 1])].map((unit) => flat(pull(unit)[0]).toArray() as number[]);
  const estimators = new Map<Rule, (signs: Tensor) => Tensor>();
  return {
    exact: Float64Array.from(rows.flat()),
    estimate(rule, signs) {
      let run = estimators.get(rule);
      if (run === undefined) {
        run = compile((nu: Tensor) => pairAfter(cell, params, inputs, rule, nu));
        estimators.set(rule, run);
      }
      const product = run(tensor(signs)).toArray() as number[][];
      return Float64Array.from(product.flat());
    },
  };
}

const flat = ({ w, u, b }: Parameters): Tensor => concat([reshape(w, [2]), reshape(u, [4]), b]);
const norm = (v: Tensor): Tensor => sqrt(dot(v, v));
const balance = (w: Tensor, v: Tensor): Tensor => sqrt(div(add(norm(w), 1e-5), add(norm(v), 1e-5)));

/** s̃ ⊗ θ̃ by the equations of UORO; each other rule departs from them in one place. */
function pairAfter(
  cell: Cell<Parameters, Tensor, Tensor>,
  params: Parameters,
  inputs: readonly Tensor[],
  rule: Rule,
  signs: Tensor,
): Tensor {
  let [s, sTilde, thetaTilde]: Tensor[] = [cell.start(), zeros([2]), zeros([8])];
  inputs.forEach((x, t) => {
    const step = (theta: Parameters, state: Tensor) => cell.step(theta, state, x).state;
    const { value, push, pull } = linearize(step, params, s);
    const at = rule === 'repeats' ? 0 : 2 * t;
    const nu = slice(signs, [at], [at + 2]);
    const pushed = rule === 'diagonal' ? diagonalOf(push, sTilde) : push(undefined, sTilde);
    const immediate = flat(pull(nu)[0]);
    const rho0 = balance(thetaTilde, pushed);
    const rho1 = rule === 'odd' ? scaledBySign(balance(immediate, nu), nu) : balance(immediate, nu);
    const kept: Operand = rule === 'forgets' ? 0 : rho0;
    sTilde = add(mul(pushed, kept), mul(nu, rho1));
    thetaTilde = add(div(thetaTilde, rho0), div(immediate, rho1));
    s = value;
  });
  return mul(outer(sTilde, thetaTilde), rule === 'scaled' ? 1.15 : 1);
}

type Push = (params: undefined, state: Tensor) => Tensor;

/** The diagonal of J times s̃: what each unit does to itself alone. */
function diagonalOf(push: Push, sTilde: Tensor): Tensor {
  const units = [tensor([1, 0]), tensor([0, 1])];
  return units
    .map((unit) => mul(mul(push(undefined, unit), unit), sTilde))
    .reduce((sum, each) => add(sum, each));
}

/** A scale that knows its sign, which a fair one may not. */
function scaledBySign(rho: Tensor, nu: Tensor): Tensor {
  return mul(rho, exp(reshape(slice(nu, [0], [1]), [])));
}
