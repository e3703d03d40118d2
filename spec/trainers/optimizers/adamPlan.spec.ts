import { expect } from 'chai';
import { add, Execution, trace } from '../../../autodiff/index.ts';
import { type Noise, seeded, type Tensor, tensor } from '../../../lib/index.ts';
import { adam, type Clock } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

describe('Adam in a plan', () => {
  for (const dtype of ['float32', 'float64'] as const)
    for (const [rows, columns] of [
      [16, 32],
      [23, 41],
    ])
      it(`is one kernel for a parameter [${rows},${columns}] of ${dtype}, and matches the optimiser`, () => {
        const optimizer = adam({ rate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6 });
        const noise = seeded(3);
        const draw = (from: Noise): Tensor => tensor(from.normal([rows, columns]), { dtype });
        let [w, gradient] = [draw(noise), draw(noise)];
        let memory = optimizer.init(w);
        const { program } = trace('update', (declare) => {
          const like = { shape: [rows, columns], dtype };
          const [parameter, m, v, g] = [declare(like), declare(like), declare(like), declare(like)];
          const clock: Clock = {
            steps: () => declare({ shape: [], dtype }),
            updates: () => declare({ shape: [], dtype }),
          };
          const next = optimizer.update(g, { m, v }, parameter, clock);
          return [add(parameter, next.update), next.memory as { m: Tensor; v: Tensor }];
        });
        const plan = new Execution(program, { updates: new Map([0, 1, 2].map((i) => [i, i])) });
        expect(plan.plan.instructions.filter(({ operation }) => operation === 'adam')).to.have.length(1);
        expect(plan.plan.instructions.some(({ operation }) => operation === 'tiles')).to.equal(false);
        plan.write(0, w);
        for (let update = 1; update <= 6; update++) {
          plan.write(3, gradient);
          // In the order in which the optimiser needs them: the two corrections, then the rate.
          const times = [1 / (1 - 0.8 ** update), 1 / (1 - 0.95 ** update), -0.01];
          times.forEach((time, i) => {
            plan.input(4 + i)[0] = time;
          });
          plan.run();
          const clock: Clock = { steps: (f) => f(update), updates: (f) => f(update) };
          const next = optimizer.update(gradient, memory, w, clock);
          w = add(w, next.update);
          memory = next.memory;
          requireClose(
            numbersOf(plan.read(0)),
            numbersOf(w),
            dtype === 'float32' ? 1e-5 : 1e-12,
            `after update ${update}`,
          );
          gradient = draw(noise);
        }
      });
});
