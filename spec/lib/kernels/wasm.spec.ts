import { expect } from 'chai';
import { float64, Machine, opcodes, operands, reservedBytes } from '../../../lib/kernels/wasm/index.ts';
import { control } from './wasm/control.ts';
import { elementwise } from './wasm/elementwise.ts';
import { atHardPoints, functions } from './wasm/functions.ts';
import { layout } from './wasm/layout.ts';
import { norms } from './wasm/norm.ts';
import { pairs } from './wasm/pairs.ts';
import { products } from './wasm/products.ts';
import { strongProducts } from './wasm/strong.ts';
import { traces } from './wasm/traces.ts';
import { bench, tested } from './wasm/workbench.ts';

describe('the machine', () => {
  for (const dtype of ['float32', 'float64'] as const)
    describe(dtype, () => {
      elementwise(dtype);
      functions(dtype);
      atHardPoints(dtype);
      layout(dtype);
      products(dtype);
      pairs(dtype);
      traces(dtype);
      norms(dtype);
      strongProducts(dtype);
      control(dtype);
    });

  it('has tests for every instruction', () => {
    expect([...tested].sort()).to.deep.equal(Object.keys(operands).sort());
  });

  it('runs both dtypes in one program, and nothing in an empty one', () => {
    bench.clear();
    const [x, y] = [bench.put([1, 2], 'float32'), bench.put([3, 4], 'float64')];
    const program = bench.put(
      [
        ...bench.words('float32', 'add', x, x, x, 2),
        ...bench.words('float64', 'mul', y, y, y, 2),
        ...bench.words('float32', 'neg', x, x, 2),
      ],
      'int32',
    );
    bench.machine.run(program, program);
    expect([...bench.view(x, 2, 'float32')]).to.deep.equal([1, 2]);
    bench.machine.run(program, program + 4 * 14);
    expect([...bench.view(x, 2, 'float32')]).to.deep.equal([-2, -4]);
    expect([...bench.view(y, 2, 'float64')]).to.deep.equal([9, 16]);
  });

  it('traps at an unknown opcode', () => {
    for (const code of [Object.keys(opcodes).length, 127, float64 + 127, -1]) {
      const program = bench.put([code], 'int32');
      expect(() => bench.machine.run(program, program + 4), String(code)).to.throw(/unreachable/);
    }
  });

  it('has a memory that cannot grow', () => {
    const memory = new Machine(reservedBytes + 1).memory as unknown as { grow(pages: number): number };
    expect(() => memory.grow(1)).to.throw(RangeError);
    expect(new Machine(3 << 20).memory.buffer.byteLength).to.equal(3 << 20);
  });
});
