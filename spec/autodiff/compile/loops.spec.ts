import { expect } from 'chai';
import fc from 'fast-check';
import type { Assembler } from '../../../autodiff/compile/instructions/assembler.ts';
import type { Buffer, Instruction } from '../../../autodiff/compile/instructions/instruction.ts';
import { asLoop } from '../../../autodiff/compile/instructions/loops.ts';
import { assignRegisters } from '../../../autodiff/compile/instructions/registers.ts';
import { groupIntoTiles } from '../../../autodiff/compile/instructions/tiles.ts';
import type { FloatDType, wasm } from '../../../lib/index.ts';
import { size as share } from '../../support/size.ts';
import { bytesAfter } from './assembled.ts';

const unary = ['neg', 'copy', 'square', 'sqrt', 'floor', 'reciprocal'] as const;
const binary = ['add', 'sub', 'mul', 'strongmul', 'div', 'strongdiv', 'maximum'] as const;
const scalar = ['adds', 'muls', 'strongmuls', 'divs', 'strongdivs'] as const;
const compared = ['greaters', 'lessers'] as const;

/** Random arithmetic over a few arrays of one size, kept and passing, with 0, infinity and NaN among the numbers. */
function arithmetic(
  dtype: FloatDType,
  size: number,
  choices: readonly number[],
): (assembler: Assembler) => Buffer[] {
  return (assembler) => {
    let at = 0;
    const pick = (below: number) => choices[at++ % choices.length] % below;
    const one = <T>(list: readonly T[]): T => list[pick(list.length)];
    const kept = [1, 2, 3].map(() => assembler.buffer(dtype, size, true));
    const keptFlag = assembler.buffer('int32', size, true);
    const arrays = [...kept];
    // float64 has its masks in registers alone.
    const flags: Buffer[] = dtype === 'float32' ? [keptFlag] : [];
    const scalars = [0.5, -0.75, 0, -1, Number.POSITIVE_INFINITY].map((own) => assembler.scalar(dtype, own));
    const emit = (operation: wasm.OpName, ...rest: (Buffer | number)[]) => {
      const out = pick(3) === 0 ? one(arrays) : assembler.buffer(dtype, size);
      assembler.emit(operation, dtype, out, ...rest, size);
      if (!arrays.includes(out)) arrays.push(out);
    };
    const emitFlag = (operation: wasm.OpName, ...rest: Buffer[]) => {
      const out = dtype === 'float32' && pick(4) === 0 ? keptFlag : assembler.buffer('int32', size);
      assembler.emit(operation, dtype, out, ...rest, size);
      if (!flags.includes(out)) flags.push(out);
    };
    for (let line = 0, lines = 6 + pick(24); line < lines; line++) {
      const [x, y, z] = [one(arrays), one(arrays), one(arrays)];
      const [a, b, c] = [one(scalars), one(scalars), one(scalars)];
      switch (pick(9)) {
        case 0:
          emit(one(unary), x);
          break;
        case 1:
        case 2:
          emit(one(binary), x, y);
          break;
        case 3:
          emit(one(scalar), x, a);
          break;
        case 4:
          emit('fill', a);
          break;
        case 5:
          if (pick(2) === 0) emitFlag('greater', x, y);
          else emitFlag(one(compared), x, a);
          break;
        case 6:
          if (flags.length > 0) emit('select', x, one(flags), pick(2));
          break;
        case 7:
          emit('axpb', a, x, b);
          break;
        default:
          if (pick(2) === 0) emit('axpby', a, x, b, y);
          else emit('axpbypcz', a, x, b, y, c, z);
      }
    }
    const last = arrays[arrays.length - 1];
    assembler.emit('axpby', dtype, kept[0], scalars[0], kept[0], scalars[1], last, size);
    return [...kept, ...(dtype === 'float32' ? [keptFlag] : [])];
  };
}

/** The numbers after the instructions, one by one or as loops. All NaN are one: their bits are the processor's choice. */
function numbersAfter(
  dtype: FloatDType,
  write: (assembler: Assembler) => Buffer[],
  isFused: boolean,
): { numbers: string; loops: readonly Instruction[] } {
  const { bytes, instructions } = bytesAfter(write, (own, uses) =>
    isFused ? groupIntoTiles(own).map((one) => assignRegisters(asLoop(one, uses), uses)) : own,
  );
  const { buffer } = Uint8Array.from(bytes);
  const numbers = Array.from(
    dtype === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer),
    (own) => (Object.is(own, -0) ? '-0' : String(own)),
  );
  return { numbers: numbers.join(), loops: instructions.filter(({ operation }) => operation === 'loop') };
}

describe('loops', () => {
  for (const dtype of ['float32', 'float64'] as const)
    it(`compute what their members do one by one, in ${dtype}`, () => {
      const seen = new Set<string>();
      fc.assert(
        fc.property(
          fc.array(fc.nat(9999), { minLength: 200, maxLength: 200 }),
          fc.constantFrom(512, 513, 514, 515, 700),
          (choices, size) => {
            const write = arithmetic(dtype, size, choices);
            const [together, apart] = [numbersAfter(dtype, write, true), numbersAfter(dtype, write, false)];
            for (const { body = [] } of together.loops) for (const { operation } of body) seen.add(operation);
            expect(apart.loops).to.have.length(0);
            expect(together.loops.length).to.be.above(0);
            if (together.numbers !== apart.numbers) throw new Error('other numbers');
          },
        ),
        { seed: 1, numRuns: share(60, 150) },
      );
      expect([...seen]).to.include.members([
        ...unary,
        ...binary,
        ...scalar,
        ...compared,
        'greater',
        'select',
      ]);
      expect([...seen]).to.include.members(['fill', 'axpb', 'axpby', 'axpbypcz']);
    });

  it('are one for all arrays that the same is done with', () => {
    const write = (assembler: Assembler): Buffer[] => {
      const pairs = [600, 700, 700].map((size) => [1, 2].map(() => assembler.buffer('float32', size, true)));
      for (const [x, y] of pairs) {
        const passing = assembler.buffer('float32', x.size);
        assembler.emit('square', 'float32', passing, x, x.size);
        assembler.emit('add', 'float32', y, passing, y, x.size);
      }
      return pairs.flat();
    };
    const [together, apart] = [true, false].map((isFused) => numbersAfter('float32', write, isFused));
    expect(together.numbers).to.equal(apart.numbers);
    expect(together.loops).to.have.length(3);
  });

  it('leave functions, and comparisons of float64 that are written, to tiles', () => {
    const left = (dtype: FloatDType, emit: (assembler: Assembler, x: Buffer, flag: Buffer) => void) => {
      const { loops } = numbersAfter(
        dtype,
        (assembler) => {
          const [x, flag] = [assembler.buffer(dtype, 600, true), assembler.buffer('int32', 600, true)];
          emit(assembler, x, flag);
          return [x, flag];
        },
        true,
      );
      return loops.length;
    };
    const tangents = (assembler: Assembler, x: Buffer) => {
      assembler.emit('tanh', x.dtype, x, x, 600);
      assembler.emit('neg', x.dtype, x, x, 600);
    };
    const flags = (assembler: Assembler, x: Buffer, flag: Buffer) => {
      assembler.emit('greater', x.dtype, flag, x, x, 600);
      assembler.emit('select', x.dtype, x, x, flag, 0, 600);
    };
    expect([left('float32', tangents), left('float32', flags), left('float64', flags)]).to.deep.equal([
      0, 1, 0,
    ]);
  });
});
