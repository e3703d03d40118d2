import { expect } from 'chai';
import fc from 'fast-check';
import { add, div, jacfwd, linearize, mean, mul, norm, outer, sqrt, std, sub } from '../autodiff/index.ts';
import { expectation, type Noise, seeded, type Tensor, type Tree, tensor, zeros } from '../lib/index.ts';
import { type Cell, gru, lstm, rnn } from '../nn/index.ts';
import { flattenTree, unflattenTree } from '../trainers/algebra.ts';

/** A cell and a few inputs, with its parameters θ and its state s as vectors. */
type Run = { theta: Tensor; start: Tensor; steps: ((theta: Tensor, s: Tensor) => Tensor)[] };

/** s̃ ⊗ θ̃ after all steps, [S, P], by the equations of Tallec & Ollivier 2017, arXiv 1702.05043. */
function uoro({ theta, start, steps }: Run, noise: Noise): Tensor {
  const rho = (w: Tensor, v: Tensor) => sqrt(div(add(norm(w), 1e-5), add(norm(v), 1e-5)));
  let [s, sTilde, thetaTilde] = [start, zeros(start.shape), zeros(theta.shape)];
  for (const step of steps) {
    const [nu, { value, push, pull }] = [noise.signs(s.shape), linearize(step, theta, s)];
    const [js, [nuI]] = [push(undefined, sTilde), pull(nu)]; // J s̃ and νᵀI
    const [rho0, rho1] = [rho(thetaTilde, js), rho(nuI, nu)];
    [sTilde, thetaTilde] = [add(mul(rho0, js), mul(rho1, nu)), add(div(thetaTilde, rho0), div(nuI, rho1))];
    s = value;
  }
  return outer(sTilde, thetaTilde);
}

/** ∂s/∂θ, [S, P], by pushing each parameter through the whole sequence. */
const influence = ({ theta, start, steps }: Run) =>
  jacfwd((p: Tensor) => steps.reduce((s, step) => step(p, s), start))(theta);

/** A cell of one or two units, in a non-zero state, for as many steps as 6 signs allow. */
const runs = fc.tuple(fc.constantFrom(rnn, gru, lstm), fc.nat()).map(([make, seed]): Run => {
  const noise = seeded(seed);
  const cell: Cell<Tree, Tree, Tensor> = make({ inputs: 2, units: 1 + noise.integer(2) });
  const [theta, state] = [cell.init(noise), cell.start()];
  const step = (x: Tensor) => (p: Tensor, s: Tensor) =>
    flattenTree(cell.step(unflattenTree(p, theta), unflattenTree(s, state), x).state);
  const start = noise.normal([flattenTree(state).size]);
  const steps = Array.from({ length: Math.floor(6 / start.size) }, () => step(noise.normal([2])));
  return { theta: flattenTree(theta), start, steps };
});

describe('E[s̃ ⊗ θ̃] = ∂s/∂θ', () => {
  it('exactly: the mean over every sequence of signs', () => {
    const isExact = fc.property(runs, (run) => {
      const [{ mean: expected }, exact] = [expectation((noise) => uoro(run, noise)), influence(run)];
      expect(norm(sub(expected, exact)).item()).to.be.below(1e-12 * norm(exact).item());
    });
    fc.assert(isExact, { seed: 1, numRuns: 4 });
  });

  it('and in samples: within 4 standard errors, and a mean off by a quarter is not', () => {
    const [run] = fc.sample(runs, { seed: 2, numRuns: 1 });
    const exact = influence(run);
    const along = (estimate: Tensor) => mean(mul(estimate, exact)).item();
    const draws = tensor(Array.from({ length: 1000 }, (_, seed) => along(uoro(run, seeded(seed)))));
    const [target, error] = [along(exact), std(draws).item() / Math.sqrt(1000)];
    expect(Math.abs(mean(draws).item() - target)).to.be.below(4 * error);
    expect(target / 4).to.be.above(7 * error);
  });
});
