import { expect } from 'chai';
import fc from 'fast-check';
import { add, div, dot, jacfwd, linearize, mul, outer, reshape, sqrt, sub } from '../autodiff/index.ts';
import { expectation, mapTree, type Noise, seeded, type Tensor, type Tree, zeros } from '../lib/index.ts';
import { type Cell, gru, lstm, rnn } from '../nn/index.ts';
import { flattenTree, unflattenTree } from '../trainers/algebra.ts';

/** A cell on its way through a few inputs, its state s and its parameters θ as vectors. */
type Run = { step(theta: Tensor, s: Tensor, x: Tensor): Tensor; theta: Tensor; start: Tensor; inputs: Tensor[] };

const norm = (v: Tensor) => sqrt(dot(v, v));
const balance = (w: Tensor, v: Tensor) => sqrt(div(add(norm(w), 1e-5), add(norm(v), 1e-5)));

/** s̃ ⊗ θ̃ after all inputs, by the equations of Tallec & Ollivier 2017, arXiv 1702.05043. */
function uoro({ step, theta, start, inputs }: Run, noise: Noise): Tensor {
  let [s, sTilde, thetaTilde] = [start, zeros(start.shape), zeros(theta.shape)];
  for (const x of inputs) {
    const { value, push, pull } = linearize((p: Tensor, state: Tensor) => step(p, state, x), theta, s);
    const nu = noise.signs(s.shape);
    const [js, [nuI]] = [push(undefined, sTilde), pull(nu)]; // J s̃ and νᵀI
    const [rho0, rho1] = [balance(thetaTilde, js), balance(nuI, nu)];
    [sTilde, thetaTilde] = [add(mul(rho0, js), mul(rho1, nu)), add(div(thetaTilde, rho0), div(nuI, rho1))];
    s = value;
  }
  return reshape(outer(sTilde, thetaTilde), [sTilde.size * thetaTilde.size]);
}

/** ∂s/∂θ in the same order, by pushing each parameter through the whole sequence. */
const influence = ({ step, theta, start, inputs }: Run) =>
  reshape(jacfwd((p: Tensor) => inputs.reduce((s, x) => step(p, s, x), start))(theta), [start.size * theta.size]);

/** A cell of one or two units, in a state that is not zero, for as many steps as 6 signs allow. */
const runs = fc.record({ make: fc.constantFrom(rnn, gru, lstm), seed: fc.nat() }).map(({ make, seed }): Run => {
  const noise = seeded(seed);
  const inputs = 1 + noise.integer(3);
  const cell: Cell<Tree, Tree, Tensor> = make({ inputs, units: 1 + noise.integer(2) });
  const [theta, start] = [cell.init(noise), mapTree(cell.start(), (leaf) => noise.normal(leaf.shape))];
  const step = (p: Tensor, s: Tensor, x: Tensor) =>
    flattenTree(cell.step(unflattenTree(p, theta), unflattenTree(s, start), x).state);
  const steps = Array.from({ length: Math.floor(6 / flattenTree(start).size) }, () => noise.normal([inputs]));
  return { step, theta: flattenTree(theta), start: flattenTree(start), inputs: steps };
});

describe('E[s̃ ⊗ θ̃] = ∂s/∂θ', () => {
  it('exactly: the mean over every sequence of signs', () =>
    fc.assert(
      fc.property(runs, (run) => {
        const [{ mean }, exact] = [expectation((noise) => uoro(run, noise)), influence(run)];
        expect(norm(sub(mean, exact)).item()).to.be.below(1e-12 * norm(exact).item());
      }),
      { seed: 1, numRuns: 12 },
    ));

  it('and in samples: within 4 standard errors, and a mean off by a quarter is not', () => {
    const [run] = fc.sample(runs, { seed: 2, numRuns: 1 });
    const exact = influence(run);
    const draws = Array.from({ length: 1000 }, (_, seed) => dot(uoro(run, seeded(seed)), exact).item());
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const error = Math.hypot(...draws.map((draw) => draw - mean)) / draws.length;
    expect(Math.abs(mean - dot(exact, exact).item())).to.be.below(4 * error);
    expect(dot(exact, exact).item() / 4).to.be.above(7 * error);
  });
});
