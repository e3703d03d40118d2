import { expect } from 'chai';
import { leavesOf, type Tensor, type Tree } from '../../../lib/index.ts';
import {
  adding,
  anbn,
  attitude,
  copy,
  delayedSum,
  distantBrackets,
  type Example,
  hypergradient,
  influenceBalancing,
  mimic,
  rotation,
  type SymbolTask,
  type Task,
  text,
} from '../../../trainers/tasks/index.ts';
import { take, takeAsync } from './reading.ts';

type Any = Task<unknown, unknown>;

const seeded: [string, (seed: number) => Any][] = [
  ['adding', (seed) => adding({ length: 7, seed })],
  ['anbn', (seed) => anbn({ seed })],
  ['copy', (seed) => copy({ delay: 2, seed })],
  ['delayedSum', (seed) => delayedSum({ seed })],
  ['mimic', (seed) => mimic({ hidden: 5, seed })],
  ['distantBrackets', (seed) => distantBrackets({ seed })],
  ['hypergradient', (seed) => hypergradient({ coordinates: 3, seed })],
  ['attitude', (seed) => attitude({ period: 4, seed })],
  ['rotation', (seed) => rotation({ dimensions: 3, axis: [1, 1, 0], seed })],
];
const unseeded: [string, () => Any][] = [
  ['influenceBalancing', () => influenceBalancing()],
  ['text', () => text('It was the devious-cruising Rachel')],
];

/** Numbers instead of tensors, for comparing examples. */
const plain = (examples: readonly Example<unknown, unknown>[]) =>
  examples.map(({ input, target }) => [numbers(input), numbers(target)]);
const numbers = (value: unknown) =>
  typeof value === 'number' ? value : leavesOf(value as Tree).map((leaf: Tensor) => leaf.toArray());

describe('every task', () => {
  for (const [name, make] of [...seeded.map(([name, of]) => [name, () => of(5)] as const), ...unseeded])
    describe(name, () => {
      it('restarts with each iterator, and iterators are independent', () => {
        const task = make();
        const expected = plain(take(task, 120));
        const [left, right] = [task[Symbol.iterator](), task[Symbol.iterator]()];
        const seen: Example<unknown, unknown>[][] = [[], []];
        // Uneven steps, so that a shared position would show.
        for (let i = 0; i < 60; i++) {
          seen[0].push(left.next().value, left.next().value);
          seen[1].push(right.next().value);
        }
        expect(plain(seen[0])).to.deep.equal(expected);
        expect(plain(seen[1])).to.deep.equal(expected.slice(0, 60));
      });

      it('is the same when made again, and read asynchronously', async () => {
        const expected = plain(take(make(), 120));
        expect(plain(take(make(), 120))).to.deep.equal(expected);
        expect(plain(await takeAsync(make(), 120))).to.deep.equal(expected);
      });

      it('has a telling name', () => {
        expect(make().name).to.match(new RegExp(`^${name}`));
      });
    });

  for (const [name, make] of seeded)
    it(`${name} is another stream with another seed`, () => {
      expect(plain(take(make(1), 300))).to.not.deep.equal(plain(take(make(2), 300)));
    });

  it('has the seed 1 by default', () => {
    const [first, second] = [anbn(), anbn({ seed: 1 })];
    expect(take(first, 100)).to.deep.equal(take(second, 100));
  });

  it('of symbols stays within its alphabet and uses all of it', () => {
    const tasks: SymbolTask[] = [anbn(), copy(), delayedSum(), distantBrackets(), text('hello')];
    for (const task of tasks) {
      expect(task.alphabet).to.have.length(task.symbols);
      const used = new Set(take(task, 2000).flatMap(({ input, target }) => [input, target]));
      expect([...used].sort((a, b) => a - b)).to.deep.equal(
        Array.from({ length: task.symbols }, (_, i) => i),
      );
    }
  });

  it('that predicts the next symbol has each target as the next input', () => {
    for (const task of [anbn(), distantBrackets(), text('hello')]) {
      const examples = take(task, 500);
      expect(examples.slice(1).map(({ input }) => input)).to.deep.equal(
        examples.slice(0, -1).map(({ target }) => target),
      );
    }
  });

  it('has stable draws across versions', () => {
    const task = distantBrackets();
    const printed = take(task, 24).map(({ input }) => task.alphabet[input]);
    expect(printed.join('')).to.equal(`['])!*!&[']\n["]!'*%$["]\n`);
    expect(runs(anbn(), 8)).to.deep.equal([27, 19, 19, 30, 17, 24, 12, 29]);
    expect(take(copy(), 5).map(({ input }) => input)).to.deep.equal([2, 2, 2, 5, 0]);
  });
});

/** The lengths of the first runs of a. */
function runs(task: SymbolTask, count: number): number[] {
  const lengths: number[] = [];
  let run = 0;
  for (const { input } of task) {
    if (input === 1) run++;
    else {
      if (run > 0 && lengths.push(run) === count) break;
      run = 0;
    }
  }
  return lengths;
}
