import { expect } from 'chai';
import {
  compile,
  Execution,
  jacfwd,
  jacrev,
  linearize,
  matmul,
  outer,
  type Program,
  tanh,
  trace,
  vmap,
} from '../../../autodiff/index.ts';
import { cast, indices, mapTree, seeded, type Tensor, type Tree, tensor, zeros } from '../../../lib/index.ts';
import {
  type Cell,
  embedded,
  embedding,
  gru,
  indrnn,
  linear,
  lru,
  lstm,
  model,
  rnn,
} from '../../../nn/index.ts';
import { requireClose } from './agree.ts';

type Any = Cell<unknown, unknown, unknown>;

const sizes = { inputs: 3, units: 5 };
const stacked = model({
  cell: embedded(embedding({ symbols: 4, size: 3 }), gru(sizes)),
  readout: linear({ outputs: 2 }),
});
const cells: Readonly<Record<string, readonly [Any, Tensor]>> = {
  rnn: [rnn(sizes) as Any, tensor([0.2, -0.4, 1])],
  'rnn of symbols': [rnn(sizes) as Any, indices(2)],
  gru: [gru(sizes) as Any, tensor([0.2, -0.4, 1])],
  lstm: [lstm(sizes) as Any, indices(1)],
  indrnn: [indrnn(sizes) as Any, tensor([0.2, -0.4, 1])],
  lru: [lru(sizes) as Any, tensor([0.2, -0.4, 1])],
  'gru of an embedding': [stacked as Any, indices(1)],
};

/**
 * Pushes and pulls of one direction through a step, and of many at once; what comes out is what is counted.
 */
function programOf(
  [cell, input]: readonly [Any, Tensor],
  how: 'push' | 'pull',
  count: number | undefined,
): Program {
  const parameters = cell.init(seeded(1)) as Tree;
  const state = cell.start() as Tree;
  return trace(how, (declare) => {
    const batch = count === undefined ? [] : [count];
    const symbols = (tree: Tree): Tree => mapTree(tree, (leaf) => declare(leaf));
    const directions = (tree: Tree): Tree =>
      mapTree(tree, ({ dtype, shape }) => declare({ dtype, shape: [...batch, ...shape] }));
    const step = (p: unknown, s: unknown): unknown => cell.step(p, s, input).state;
    const { push, pull } = linearize(step, symbols(parameters) as unknown, symbols(state) as unknown);
    const all = (f: (...args: Tree[]) => Tree): typeof f => (count === undefined ? f : vmap(f));
    if (how === 'pull') return all((cotangent) => pull(cotangent as never) as Tree)(directions(state));
    return all((p, s) => push(p as never, s as never) as Tree)(directions(parameters), directions(state));
  }).program;
}

describe('many directions at once', () => {
  for (const [name, cell] of Object.entries(cells))
    for (const how of ['push', 'pull'] as const)
      for (const care of ['none', 'whole'] as const)
        it(`take as many instructions as one: ${how} through ${name}${care === 'whole' ? ', with strong zeros' : ''}`, () => {
          const instructions = (count: number | undefined) =>
            new Execution(programOf(cell, how, count), { care }).plan.instructions.flatMap(({ operation }) =>
              // A pair of products with one matrix is two instructions that read it once.
              operation === 'matvec2' || operation === 'matvect2' ? [operation, operation] : [operation],
            );
          const [one, seven, hundred] = [undefined, 7, 100].map(instructions);
          expect(seven.length, `${one.join(' ')}\n${seven.join(' ')}`).to.be.at.most(one.length);
          expect(hundred.length).to.equal(seven.length);
          expect(hundred).not.to.include('call');
        });

  for (const [name, [cell, input]] of Object.entries(cells))
    it(`as lanes take as many instructions as one lane: ${name}`, () => {
      const state = cell.start() as Tree;
      const instructions = (lanes: readonly number[]) => {
        const { program } = trace('step', (declare) => {
          const parameters = mapTree(cell.init(seeded(1)) as Tree, (leaf) => declare(leaf));
          const declared = [state, input].map((tree) =>
            mapTree(tree, ({ dtype, shape }) => declare({ dtype, shape: [...lanes, ...shape] })),
          );
          const step = (before: Tree, x: Tree): Tree => ({ ...cell.step(parameters, before, x) }) as Tree;
          return lanes.length === 0 ? step(declared[0], declared[1]) : vmap(step)(declared[0], declared[1]);
        });
        return new Execution(program).plan.instructions.length;
      };
      expect(instructions([32])).to.be.at.most(instructions([]));
    });

  it('make a Jacobian of any size as few equations', () => {
    const f = (x: Tensor) => tanh(matmul(outer(x, x), x));
    for (const jacobian of [jacfwd, jacrev]) {
      const [small, large] = [3, 30].map((n) => compile(jacobian(f)).program(zeros([n])).equations.length);
      expect(large).to.equal(small);
    }
  });

  it('are the single ones side by side', () => {
    for (const cell of Object.values(cells))
      for (const how of ['push', 'pull'] as const) {
        const [one, many] = [undefined, 3].map((count) => programOf(cell, how, count));
        const noise = seeded(2);
        const draw = ({ shape, dtype }: Tensor) => cast(noise.normal(shape), dtype as 'float64');
        const inputs = many.inputs.map(draw);
        const run = (program: Program, given: readonly Tensor[]) => {
          const execution = new Execution(program);
          for (const [i, x] of given.entries()) execution.write(i, x);
          execution.run();
          return program.outputs.map((_, i) => execution.read(i));
        };
        const together = run(many, inputs);
        for (let at = 0; at < 3; at++) {
          const given = one.inputs.map(({ shape }, i) =>
            many.inputs[i].shape.length > shape.length ? entry(inputs[i], at) : inputs[i],
          );
          requireClose(
            together.map((x) => entry(x, at)),
            run(one, given),
          );
        }
      }
  });
});

function entry(x: Tensor, at: number): Tensor {
  return tensor((x.toArray() as never[])[at], { dtype: x.dtype as 'float64' });
}
