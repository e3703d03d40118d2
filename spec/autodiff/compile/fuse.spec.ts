import { expect } from 'chai';
import fc from 'fast-check';
import type { Assembler } from '../../../autodiff/compile/instructions/assembler.ts';
import type { Buffer } from '../../../autodiff/compile/instructions/instruction.ts';
import { assignRegisters } from '../../../autodiff/compile/instructions/registers.ts';
import { groupIntoTiles } from '../../../autodiff/compile/instructions/tiles.ts';
import {
  add,
  cos,
  div,
  dot,
  Execution,
  exp,
  greater,
  matmul,
  maximum,
  mul,
  outer,
  relu,
  sigmoid,
  sin,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  trace,
  where,
} from '../../../autodiff/index.ts';
import { cast, indices, type Tensor, type wasm } from '../../../lib/index.ts';
import { size } from '../../support/size.ts';
import { narrow, planned, requireClose, requirePlan, sample } from './agree.ts';
import { bytesAfter } from './assembled.ts';

/** The bytes after the instructions that `write` assembles, fused or one by one, and how many tiles there are. */
function bytesOf(
  write: (assembler: Assembler) => Buffer[],
  fused: boolean,
): { bytes: number[]; tiles: number } {
  const { bytes, instructions } = bytesAfter(write, (own, uses) =>
    fused ? groupIntoTiles(own).map((one) => assignRegisters(one, uses)) : own,
  );
  return { bytes, tiles: instructions.filter(({ operation }) => operation === 'tiles').length };
}

/** Random instructions over a few arrays, kept and passing, that read and overwrite each other. */
function randomInstructions(choices: readonly number[]): (assembler: Assembler) => Buffer[] {
  return (assembler) => {
    let at = 0;
    const pick = (below: number) => choices[at++ % choices.length] % below;
    const dtype = pick(2) === 0 ? 'float64' : 'float32';
    const sizes = [[700], [512, 1025], [600, 600, 100]][pick(3)];
    const groups = sizes.map((size) => {
      const kept = [1, 2, 3].map(() => assembler.buffer(dtype, size, true));
      const masks = [assembler.buffer('int32', size, true)];
      return { size, kept, arrays: [...kept], masks, flags: [...masks] };
    });
    const scalars = [
      assembler.buffer(dtype, 1, true),
      assembler.scalar(dtype, 0.5),
      assembler.scalar(dtype, -0.75),
    ];
    const lines = 10 + pick(50);
    for (let line = 0; line < lines; line++) {
      const { size, arrays, flags } = groups[pick(groups.length)];
      const x = () => arrays[pick(arrays.length)];
      const c = () => scalars[pick(scalars.length)];
      // Into a new array, or over one that exists.
      const out = () => {
        if (pick(3) === 0) return x();
        const fresh = assembler.buffer(dtype, size);
        return fresh;
      };
      const emit = (operation: wasm.OpName, ...rest: (Buffer | number)[]) => {
        const target = out();
        assembler.emit(operation, dtype, target, ...rest);
        if (!arrays.includes(target)) arrays.push(target);
      };
      switch (pick(14)) {
        case 0:
        case 1:
          emit(
            (['tanh', 'sigmoid', 'sin', 'neg', 'copy', 'square', 'erf', 'cos'] as const)[pick(8)],
            x(),
            size,
          );
          break;
        case 2:
        case 3:
          emit((['add', 'sub', 'mul', 'strongmul'] as const)[pick(4)], x(), x(), size);
          break;
        case 4:
          emit((['adds', 'muls'] as const)[pick(2)], x(), c(), size);
          break;
        case 5:
          emit('fill', c(), size);
          break;
        case 6: {
          const flag = assembler.buffer('int32', size);
          if (pick(2) === 0) assembler.emit('greater', dtype, flag, x(), x(), size);
          else assembler.emit((['greaters', 'lessers'] as const)[pick(2)], dtype, flag, x(), c(), size);
          flags.push(flag);
          break;
        }
        case 7:
          emit('select', x(), flags[pick(flags.length)], pick(2), size);
          break;
        case 8: {
          const flag = assembler.buffer('int32', size);
          if (pick(2) === 0) assembler.emit('copy', 'int32', flag, flags[pick(flags.length)], size);
          else
            assembler.emit(
              'select',
              'int32',
              flag,
              flags[pick(flags.length)],
              flags[pick(flags.length)],
              pick(2),
              size,
            );
          flags.push(flag);
          break;
        }
        case 9:
          emit('axpby', c(), x(), c(), x(), size);
          break;
        case 10: {
          const target = x();
          assembler.emit('axpby', dtype, target, c(), target, c(), x(), size);
          break;
        }
        case 11:
          emit('axpbypcz', c(), x(), c(), x(), c(), x(), size);
          break;
        case 12: {
          const total = assembler.buffer(dtype, 1);
          assembler.emit('dot', dtype, total, x(), x(), size);
          const small = assembler.buffer(dtype, 1);
          assembler.emit('tanh', dtype, small, total, 1);
          scalars.push(small);
          break;
        }
        default: {
          const total = assembler.buffer(dtype, 1);
          assembler.emit('sum', dtype, total, x(), 1, size, 1);
          assembler.emit('sin', dtype, scalars[0], total, 1);
        }
      }
    }
    // The last values are kept, so that all work leads somewhere.
    for (const { size, kept, arrays, masks, flags } of groups) {
      assembler.emit(
        'axpby',
        dtype,
        kept[0],
        scalars[1],
        kept[0],
        scalars[scalars.length - 1],
        arrays[arrays.length - 1],
        size,
      );
      assembler.emit('copy', 'int32', masks[0], flags[flags.length - 1], size);
    }
    return [...groups.flatMap(({ kept, masks }) => [...kept, ...masks]), scalars[0]];
  };
}

describe('fused instructions', () => {
  it('write the same bytes as one by one', () => {
    let tiles = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(9999), { minLength: 400, maxLength: 400 }), (choices) => {
        const write = randomInstructions(choices);
        const [together, apart] = [bytesOf(write, true), bytesOf(write, false)];
        tiles += together.tiles;
        expect(apart.tiles).to.equal(0);
        if (together.bytes.some((byte, i) => byte !== apart.bytes[i])) throw new Error('other bytes');
      }),
      { seed: 1, numRuns: size(40, 100) },
    );
    expect(tiles).to.be.above(size(80, 200));
  });

  for (const dtype of ['float64', 'float32'] as const) {
    const long = (phase: number, size = 700) => sample([size], phase, dtype);

    it(`add up more long arrays than there are registers, in ${dtype}`, () => {
      for (const count of [4, 16, 17, 20, 40])
        requirePlan(
          (x) =>
            tanh(
              Array.from({ length: count }, (_, i) => tanh(mul(x, 0.1 * (i + 1)))).reduce((a, b) =>
                add(a, b),
              ),
            ),
          [long(1)],
          dtype === 'float64' ? 1e-12 : 1e-5,
        );
    });

    it(`keep more values alive than there are registers, in ${dtype}`, () => {
      requirePlan(
        (x) => {
          const parts = Array.from({ length: 24 }, (_, i) => sin(mul(x, i + 1)));
          return [...parts].reverse().reduce((total, part, i) => add(mul(total, 0.5), mul(part, parts[i])));
        },
        [long(1, 1025)],
      );
    });

    it(`pass values around reductions and matrix products, in ${dtype}`, () => {
      requirePlan(
        (x, w, v) => {
          const hidden = tanh(matmul(w, x));
          const scaled = mul(sigmoid(x), sum(square(x)));
          const next = add(matmul(hidden, w), mul(scaled, div(1, add(1, dot(scaled, x)))));
          return [
            softmax(next),
            mul(relu(sub(next, x)), maximum(x, v)),
            outer(hidden, exp(tanh(v))),
            sqrt(add(1, square(next))),
          ];
        },
        [long(1, 600), sample([7, 600], 2, dtype), long(3, 600)],
        dtype === 'float64' ? 1e-12 : 1e-4,
      );
    });
  }

  it('keep dtypes apart that a mask brings together', () => {
    const [a, b] = [sample([700]), sample([700], 1)];
    const [c, d] = [sample([700], 2, 'float32'), sample([700], 3, 'float32')];
    const mask = indices(Array.from({ length: 700 }, (_, i) => i % 3));
    requirePlan(
      (p, q, r, s) => [where(greater(p, q), tanh(r), mul(s, r)), where(greater(r, s), sin(p), mul(p, q))],
      [a, b, c, d],
    );
    requirePlan(
      (p, r, m) => [where(m, tanh(p), 0), where(where(m, m, 0), cos(p), 0), where(m, tanh(r), mul(r, 2))],
      [a, c, mask],
    );
  });

  it('update long inputs in place, run after run', () => {
    const start = [
      sample([40, 30], 1),
      sample([40, 30], 2),
      sample([40, 30], 3),
      sample([30], 4),
      sample([40], 5),
    ].map(narrow);
    const body = (w: Tensor, m: Tensor, v: Tensor, x: Tensor, h: Tensor) => {
      const gradient = add(outer(h, x), mul(0.01, w));
      const [first, second] = [
        add(mul(0.9, m), mul(0.1, gradient)),
        add(mul(0.99, v), mul(0.01, square(gradient))),
      ];
      const next = sub(w, mul(0.01, div(first, add(sqrt(maximum(second, 0)), 1e-3))));
      return [next, first, second, tanh(matmul(h, w)), tanh(matmul(w, x)), dot(gradient, gradient)];
    };
    const { program } = trace('adam', (declare) =>
      body(...(start.map((x) => declare(x)) as [Tensor, Tensor, Tensor, Tensor, Tensor])),
    );
    const execution = new Execution(program, { updates: new Map([0, 1, 2, 3, 4].map((i) => [i, i])) });
    start.forEach((x, i) => {
      execution.write(i, x);
    });
    let state = start;
    for (let run = 0; run < 20; run++) {
      execution.run();
      const outputs = body(...(state as [Tensor, Tensor, Tensor, Tensor, Tensor]));
      requireClose(
        outputs.map((_, i) => execution.read(i)),
        outputs,
        1e-4,
      );
      state = outputs.slice(0, 5);
    }
  });

  it('are really fused: a chain over a long array is one instruction', () => {
    const plan = planned((x) => sigmoid(mul(tanh(x), sin(x))), cast(sample([512]), 'float32'));
    expect(plan.execution.plan.instructions.map(({ operation }) => operation)).to.deep.equal(['tiles']);
    const short = planned((x) => sigmoid(mul(tanh(x), sin(x))), cast(sample([511]), 'float32'));
    expect(short.execution.plan.instructions).to.have.length(4);
  });
});
