import { expect } from 'chai';
import { add, Execution, trace } from '../../../autodiff/index.ts';
import { seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { type Clock, chain, clipByGlobalNorm, rmsprop } from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

describe('RMSprop in a plan', () => {
  for (const dtype of ['float32', 'float64'] as const)
    for (const [rows, columns] of [
      [16, 32],
      [23, 41],
    ])
      for (const isClipped of [false, true])
        it(`is one kernel for a parameter [${rows},${columns}] of ${dtype}${isClipped ? ', behind a clip' : ''}, and matches the optimiser`, () => {
          const own = rmsprop({ rate: 0.01, span: 20, epsilon: 1e-6 });
          const optimizer = isClipped ? chain(clipByGlobalNorm(3), own) : own;
          const noise = seeded(3);
          // A part of the rows is never used.
          const draw = (): Tensor => {
            const drawn = numbersOf(tensor(noise.normal([rows, columns]), { dtype }));
            const sparse = drawn.map((x, i) => (i < 9 * columns ? 0 : x));
            return tensor(
              Array.from({ length: rows }, (_, i) => sparse.slice(i * columns, (i + 1) * columns)),
              { dtype },
            );
          };
          let [w, gradient] = [tensor(noise.normal([rows, columns]), { dtype }), draw()];
          const first = numbersOf(w);
          let v = zeros([rows, columns], { dtype });
          const memoryOf = (moment: Tensor) => (isClipped ? [optimizer.init(w), moment] : moment);
          const momentOf = (memory: unknown) => (isClipped ? (memory as unknown[])[1] : memory) as Tensor;
          const { program } = trace('update', (declare) => {
            const like = { shape: [rows, columns], dtype };
            const [parameter, moment, g] = [declare(like), declare(like), declare(like)];
            const number = () => declare({ shape: [], dtype });
            const next = optimizer.update(g, memoryOf(moment), parameter, { steps: number, updates: number });
            return [add(parameter, next.update), momentOf(next.memory)];
          });
          const plan = new Execution(program, { updates: new Map([0, 1].map((i) => [i, i])) });
          const operations = plan.plan.instructions.map(({ operation }) => operation);
          expect(operations.filter((operation) => operation === 'rmsprop')).to.have.length(1);
          expect(operations).not.to.include('tiles');
          plan.write(0, w);
          for (let update = 1; update <= 6; update++) {
            const clock: Clock = { steps: (f) => f(update), updates: (f) => f(update) };
            plan.write(2, gradient);
            const share = 1 / ((update + 1) / 2);
            [1 - share, share, -0.01].forEach((time, i) => {
              plan.input(3 + i)[0] = time;
            });
            plan.run();
            const next = optimizer.update(gradient, memoryOf(v), w, clock);
            w = add(w, next.update);
            v = momentOf(next.memory);
            requireClose(
              numbersOf(plan.read(0)),
              numbersOf(w),
              dtype === 'float32' ? 1e-5 : 1e-12,
              `after update ${update}`,
            );
            gradient = draw();
          }
          expect(numbersOf(plan.read(0)).slice(0, 9 * columns)).to.deep.equal(first.slice(0, 9 * columns));
          expect(
            numbersOf(plan.read(1))
              .slice(0, 9 * columns)
              .every((x) => x === 0),
          ).to.equal(true);
        });
});
