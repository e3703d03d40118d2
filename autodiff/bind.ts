import { Tensor } from '../lib/index.ts';
import type { Parameters, Primitive } from './primitive.ts';

/** A tensor that defines what operations on it mean: a dual number or a symbol. */
export abstract class InterpretedTensor extends Tensor {
  abstract interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): Tensor;
}

/**
 * Applies a primitive. The operand of the highest level interprets it; on plain numbers, the kernel runs.
 *
 * The highest level is the innermost differentiation, so perturbations cannot be confused: in
 * d/dx (x · d/dy (x + y)) the inner derivative sees x as a constant, because x belongs to a lower level.
 */
export function bind(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters = {}): Tensor {
  let top: Tensor = operands[0];
  for (const operand of operands) if (operand.level > top.level) top = operand;
  if (top instanceof InterpretedTensor) return top.interpret(primitive, operands, parameters);
  // A custom primitive's type may cost as much as its value; it checks that itself.
  if (primitive.kind !== 'custom') primitive.type(operands, parameters);
  return primitive.evaluate(operands, parameters);
}
