import { expect } from 'chai';
import type { FloatDType } from '../../../../lib/index.ts';
import { type LoopOperand, Machine, opcodes, reservedBytes } from '../../../../lib/kernels/wasm/index.ts';
import { bench, range, test } from './workbench.ts';

/** The instructions that run other instructions, or call back. */
export function control(dtype: FloatDType): void {
  const bytes = dtype === 'float32' ? 4 : 8;

  test(
    ['repeat'],
    'runs an instruction for each entry, with operands that move on and others that stay',
    () => {
      for (const [count, n] of [
        [0, 3],
        [1, 5],
        [4, 7],
        [300, 2],
      ]) {
        bench.clear();
        const [whole, row] = [range(count * n).map((i) => i - 3), range(n).map((i) => 0.5 * i - 1)];
        const [x, y, out] = [
          bench.put(whole, dtype),
          bench.put(row, dtype),
          bench.put(range(count * n), dtype),
        ];
        const body = bench.words(dtype, 'mul', out, x, y, n);
        const program = bench.put([...body, 0, n * bytes, n * bytes, 0, 0], 'int32');
        // Twice: the instruction is as it was when it is over.
        bench.run(dtype, ['repeat', program, body.length, count], ['repeat', program, body.length, count]);
        expect([...bench.view(out, count * n, dtype)]).to.deep.equal(
          whole.map((value, i) => value * row[i % n]),
        );
      }
    },
  );

  test(['call'], 'calls back with its number, between what stands before and after it', () => {
    const seen: [number, number][] = [];
    const machine = new Machine(reservedBytes + 65536, { call: (id) => seen.push([id, data[0]]) });
    const at = reservedBytes + 1024;
    const data =
      dtype === 'float32'
        ? new Float32Array(machine.memory.buffer, at, 1)
        : new Float64Array(machine.memory.buffer, at, 1);
    const add = bench.words(dtype, 'add', at, at, at, 1);
    const words = [...add, opcodes.call, 7, ...add, ...bench.words(dtype, 'call', 8)];
    data[0] = 1;
    new Int32Array(machine.memory.buffer, reservedBytes, words.length).set(words);
    machine.run(reservedBytes, reservedBytes + 4 * words.length);
    expect(seen).to.deep.equal([
      [7, 2],
      [8, 4],
    ]);
    const failing = new Machine(reservedBytes + 65536, {
      call: () => {
        throw new RangeError('mine');
      },
    });
    new Int32Array(failing.memory.buffer, reservedBytes, 2).set([opcodes.call, 0]);
    expect(() => failing.run(reservedBytes, reservedBytes + 8)).to.throw(RangeError, 'mine');
  });

  test(['loop'], 'runs the loop with its number, on the arrays that its words name, and no further', () => {
    for (const size of [0, 1, 3, 4, 9]) {
      const member = (operation: 'square' | 'adds', ...own: LoopOperand[]) => ({ operation, operands: own });
      const [a, b, passing, scalar] = [{ address: 0 }, { address: 1 }, { register: 70 }, { address: 2 }];
      const loops = [
        { dtype, members: [member('square', b, a)] },
        { dtype, members: [member('square', passing, a), member('adds', b, passing, scalar)] },
      ];
      const machine = new Machine(reservedBytes + 65536, { loops });
      const view = (i: number) =>
        dtype === 'float32'
          ? new Float32Array(machine.memory.buffer, reservedBytes + 1024 * i, 12)
          : new Float64Array(machine.memory.buffer, reservedBytes + 1024 * i, 12);
      const [x, y, z, more] = [1, 2, 3, 4].map(view);
      x.forEach((_, i) => {
        x[i] = i - 2;
      });
      z[0] = 0.5;
      const addresses = [x, y, z].map(({ byteOffset }) => byteOffset);
      const words = [
        ...[...bench.words(dtype, 'loop', 1, 4, size), ...addresses],
        ...bench.words(dtype, 'add', x.byteOffset, x.byteOffset, x.byteOffset, 12),
        ...[...bench.words(dtype, 'loop', 0, 3, size), addresses[0], more.byteOffset],
      ];
      new Int32Array(machine.memory.buffer, reservedBytes, words.length).set(words);
      machine.run(reservedBytes, reservedBytes + 4 * words.length);
      const expected = (f: (i: number) => number) => range(12).map((i) => (i < size ? f(i) : 0));
      expect([...view(2)]).to.deep.equal(expected((i) => (i - 2) ** 2 + 0.5));
      expect([...view(4)]).to.deep.equal(expected((i) => (2 * (i - 2)) ** 2));
    }
  });
}
