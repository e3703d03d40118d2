import type { wasm } from '../../../lib/index.ts';
import type { Instruction } from './instruction.ts';

/** The kernels for one number, by those for arrays. */
const singles: { readonly [Name in wasm.OpName]?: wasm.OpName } = {
  add: 'add1',
  mul: 'mul1',
  div: 'div1',
  reciprocal: 'reciprocal1',
  sqrt: 'sqrt1',
};

/** An instruction on arrays of one element as one on a number. */
export function asSingle(instruction: Instruction): Instruction {
  const { operation, operands } = instruction;
  const single = singles[operation];
  if (single === undefined || operands[operands.length - 1] !== 1) return instruction;
  return { ...instruction, operation: single, operands: operands.slice(0, -1) };
}
