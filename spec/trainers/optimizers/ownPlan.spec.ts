import { expect } from 'chai';
import {
  add,
  clip,
  div,
  Execution,
  maximum,
  mul,
  type Operand,
  sign,
  sqrt,
  square,
  sub,
  trace,
} from '../../../autodiff/index.ts';
import { seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import {
  adam,
  type Clock,
  chain,
  clipByGlobalNorm,
  momentum,
  type Optimizer,
} from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

/** Optimisers as a user writes them, for one tensor: (gradient, memory, parameter, -rate) to an update and a memory. */
type Rule = (
  g: Tensor,
  m: readonly Tensor[],
  w: Tensor,
  rate: Operand,
) => readonly [Tensor, readonly Tensor[]];

const mix = (a: Tensor, b: Tensor, keep: number) => add(mul(a, keep), mul(b, 1 - keep));
const adaptive = (g: Tensor, m: Tensor, v: Tensor) => [mix(m, g, 0.9), mix(v, square(g), 0.99)] as const;

const rules: Readonly<Record<string, readonly [memories: number, Rule]>> = {
  signs: [0, (g, _, __, rate) => [mul(sign(g), rate), []]],
  'decoupled weight decay': [
    2,
    (g, [m, v], w, rate) => {
      const [first, second] = adaptive(g, m, v);
      return [mul(add(div(first, add(sqrt(second), 1e-3)), mul(w, 0.1)), rate), [first, second]];
    },
  ],
  'the sign of a mean': [
    1,
    (g, [m], w, rate) => [mul(add(sign(mix(m, g, 0.9)), mul(w, 0.1)), rate), [mix(m, g, 0.99)]],
  ],
  'sums of squares': [
    1,
    (g, [v], _, rate) => {
      const sum = add(v, square(g));
      return [mul(div(g, add(sqrt(sum), 1e-3)), rate), [sum]];
    },
  ],
  'a look ahead': [
    1,
    (g, [v], _, rate) => {
      const next = add(mul(v, 0.9), g);
      return [mul(add(mul(next, 0.9), g), rate), [next]];
    },
  ],
  'the larger of two': [
    2,
    (g, [m, v], _, rate) => {
      const [first, second] = adaptive(g, m, v);
      const most = maximum(v, second);
      return [mul(div(first, add(sqrt(most), 1e-3)), rate), [first, most]];
    },
  ],
  'elements clipped': [
    1,
    (g, [m], _, rate) => {
      const next = mix(m, clip(g, -0.5, 0.5), 0.9);
      return [mul(sub(next, mul(m, 0.5)), rate), [next]];
    },
  ],
};

function optimizerOf(name: string): Optimizer<readonly Tensor[]> {
  const [memories, rule] = rules[name];
  return {
    name,
    settings: {},
    init: (parameter) => Array.from({ length: memories }, () => zeros((parameter as Tensor).shape)),
    update(gradient, memory, parameter, clock) {
      const rate = clock.steps(() => -0.01);
      const [update, next] = rule(gradient as Tensor, memory, parameter as Tensor, rate);
      return { update: update as typeof gradient, memory: next };
    },
  };
}

const optimizers: readonly Optimizer[] = [
  ...Object.keys(rules).map(optimizerOf),
  momentum({ rate: 0.01 }),
  chain(momentum({ rate: 0.01 }), optimizerOf('a look ahead')),
  chain(clipByGlobalNorm(3), optimizerOf('decoupled weight decay')),
  chain(adam({ rate: 0.01 }), optimizerOf('sums of squares')),
] as readonly Optimizer[];

describe("a user's own optimiser in a plan", () => {
  for (const dtype of ['float32', 'float64'] as const)
    for (const optimizer of optimizers)
      it(`is one pass over a parameter of ${dtype}, and matches the optimiser: ${optimizer.name}`, () => {
        const shape = [23, 41];
        const noise = seeded(3);
        const draw = (): Tensor =>
          tensor(
            Array.from({ length: 23 }, () => numbersOf(noise.normal([41]))),
            { dtype },
          );
        let w = draw();
        const memory = (like: (shape: readonly number[]) => Tensor) => {
          const fresh = (own: unknown): unknown =>
            Array.isArray(own)
              ? own.map(fresh)
              : own !== null && typeof own === 'object' && 'shape' in own
                ? like(own.shape as number[])
                : Object.fromEntries(Object.entries(own as object).map(([key, part]) => [key, fresh(part)]));
          return fresh(optimizer.init(w));
        };
        const leaves = (own: unknown): Tensor[] =>
          Array.isArray(own)
            ? own.flatMap(leaves)
            : own !== null && typeof own === 'object' && 'shape' in own
              ? [own as Tensor]
              : Object.values(own as object).flatMap(leaves);
        let now = memory(() => zeros(shape, { dtype }));
        const count = leaves(now).length;
        const times: ((clock: Clock) => Operand)[] = [];
        const { program } = trace('update', (declare) => {
          const like = { shape, dtype };
          const parameter = declare(like);
          const own = memory(() => declare(like));
          const g = declare(like);
          const number = () => declare({ shape: [], dtype });
          const clock: Clock = {
            steps: (f) => {
              times.push((real) => real.steps(f));
              return number();
            },
            updates: (f) => {
              times.push((real) => real.updates(f));
              return number();
            },
          };
          const next = optimizer.update(g, own, parameter, clock);
          return [add(parameter, next.update), ...leaves(next.memory)];
        });
        const plan = new Execution(program, {
          updates: new Map(Array.from({ length: count + 1 }, (_, i) => [i, i])),
        });
        const operations = plan.plan.instructions
          .filter(({ operands }) => operands.includes(23 * 41))
          .map(({ operation }) => operation);
        // A clip measures the gradient first. For a velocity, which is a sum of two, there is a kernel.
        const passes = operations.filter((operation) => operation !== 'dot' && operation !== 'norm');
        expect(passes).to.deep.equal([optimizer.name === 'momentum' ? 'rank1pair' : 'loop']);
        plan.write(0, w);
        for (let update = 1; update <= 4; update++) {
          const clock: Clock = { steps: (f) => f(update), updates: (f) => f(update) };
          const gradient = draw();
          plan.write(count + 1, gradient);
          times.forEach((time, i) => {
            plan.input(count + 2 + i)[0] = time(clock) as number;
          });
          plan.run();
          const next = optimizer.update(gradient, now, w, clock);
          w = add(w, next.update);
          now = next.memory;
          [w, ...leaves(now)].forEach((own, i) => {
            requireClose(
              numbersOf(plan.read(i)),
              numbersOf(own),
              dtype === 'float32' ? 1e-5 : 1e-12,
              `output ${i} after update ${update}`,
            );
          });
        }
      });
});
