import { expect } from 'chai';
import type { Assembler } from '../../../autodiff/compile/instructions/assembler.ts';
import type { Buffer, Instruction } from '../../../autodiff/compile/instructions/instruction.ts';
import { panelsIn, withPanels } from '../../../autodiff/compile/instructions/panels.ts';
import { bytesAfter } from './assembled.ts';

/** The bytes and the instructions, with the matrices of products in panels or as they are. */
function run(
  write: (assembler: Assembler) => Buffer[],
  isPacked: boolean,
): { bytes: number[]; instructions: readonly Instruction[] } {
  return bytesAfter(write, (own, _, assembler) =>
    isPacked ? withPanels(own, panelsIn([own], assembler)) : own,
  );
}

/** The operations with panels, after a look whether the bytes are the same without. */
function packed(write: (assembler: Assembler) => Buffer[]): string[] {
  const [together, apart] = [run(write, true), run(write, false)];
  expect(together.bytes).to.deep.equal(apart.bytes);
  return together.instructions.map(({ operation, operands }) =>
    operation === 'gemm' ? `gemm ${operands[7]}` : operation,
  );
}

describe('panels', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const matrices = (assembler: Assembler) => {
      const [w, x, y, z] = [9 * 21, 5 * 9, 5 * 21, 5 * 21].map((size) => assembler.buffer(dtype, size, true));
      const times = (out: Buffer, left: Buffer, k = 9, n = 21, isTransposed = 0) =>
        assembler.emit('gemm', dtype, out, left, w, 5, n, k, 0, isTransposed, 0);
      return { w, x, y, z, times, all: [w, x, y, z] };
    };

    it(`are packed once for all products with a matrix, in ${dtype}`, () => {
      const operations = packed((assembler) => {
        const { x, y, z, times, all } = matrices(assembler);
        times(y, x);
        assembler.emit('add', dtype, x, x, x, x.size);
        times(z, x);
        return all;
      });
      expect(operations).to.deep.equal(['panels', 'gemm 2', 'add', 'gemm 2']);
    });

    it(`are packed anew for a matrix that has changed, and for one that is transposed, in ${dtype}`, () => {
      const operations = packed((assembler) => {
        const { w, x, y, z, times, all } = matrices(assembler);
        times(y, x);
        times(z, x);
        assembler.emit('add', dtype, w, w, w, w.size);
        times(y, x);
        times(x, y, 21, 9, 1);
        times(z, x);
        times(x, z, 21, 9, 1);
        return all;
      });
      expect(operations).to.deep.equal([
        'panels',
        'gemm 2',
        'gemm 2',
        'add',
        'panels',
        'gemm 2',
        'panels',
        'gemm 2',
        'gemm 2',
        'gemm 2',
      ]);
    });

    it(`are left out for one product, in ${dtype}`, () => {
      const operations = packed((assembler) => {
        const { w, x, y, z, times, all } = matrices(assembler);
        times(y, x);
        assembler.emit('add', dtype, w, w, w, w.size);
        times(z, x);
        return all;
      });
      expect(operations).to.deep.equal(['gemm 0', 'add', 'gemm 0']);
    });
  }
});
