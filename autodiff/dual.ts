import {
  type DType,
  formatShape,
  type NdArray,
  type Shape,
  type Tensor,
  type TypedArray,
  valuesText,
} from '../lib/index.ts';
import { bind, InterpretedTensor } from './bind.ts';
import { type Level, requireOpen } from './level.ts';
import type { Parameters, Primitive } from './primitive.ts';
import { pushForward } from './push-forward.ts';
import { RuleTensor } from './rule-tensor.ts';
import { SymbolTensor } from './symbol.ts';

/**
 * A dual number: a primal and a tangent of the same shape and dtype.
 *
 * A numeric tangent is forward mode. A symbolic tangent records the operations on it; reverse mode
 * transposes that linear program.
 */
export class DualTensor extends InterpretedTensor {
  readonly primal: Tensor;
  readonly tangent: Tensor;
  readonly owner: Level;
  readonly level: number;

  constructor(primal: Tensor, tangent: Tensor, owner: Level) {
    super();
    this.primal = primal;
    this.tangent = tangent;
    this.owner = owner;
    if (tangent instanceof SymbolTensor) tangent.primal ??= primal;
    owner.made++;
    this.level = owner.number;
    this.label = primal.label;
  }

  get shape(): Shape {
    return this.primal.shape;
  }

  get dtype(): DType {
    return this.primal.dtype;
  }

  /** The values of the primal. */
  toNdarray(): NdArray<TypedArray> {
    return this.primal.toNdarray();
  }

  /** `3 + 1ε` after the type. In reverse mode the tangent is a symbol. */
  override toString(): string {
    const [open, plus] = this.shape.length > 1 ? ['\n', '\n+ '] : [' ', ' + '];
    const type = `dual ${this.dtype}${formatShape(this.shape)}${this.owner.name === 'dual' ? '' : ` of ${this.owner.name}`}`;
    return `${type}${open}${partText(this.primal)}${plus}${partText(this.tangent)}ε`;
  }

  override toJSON(): object {
    return {
      dtype: this.dtype,
      shape: [...this.shape],
      primal: this.primal.toJSON(),
      tangent: this.tangent.toJSON(),
    };
  }

  override interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): Tensor {
    requireOpen(this.owner, primitive.name);
    const primals = operands.map((operand) => primalAt(operand, this.owner));
    const result = bind(primitive, primals, parameters);
    const tangents = operands.map((operand) => tangentAt(operand, this.owner));
    const tangent = pushForward(primitive, primals, tangents, result, parameters);
    return tangent === undefined ? result : new DualTensor(result, tangent, this.owner);
  }
}

/** The tensor without its tangent of this level. */
export function primalAt(x: Tensor, level: Level): Tensor {
  return x instanceof DualTensor && x.owner === level ? x.primal : x;
}

/** The tensor's tangent at one level; undefined (zero) if it has none. */
export function tangentAt(x: Tensor, level: Level): Tensor | undefined {
  return x instanceof DualTensor && x.owner === level ? x.tangent : undefined;
}

/** The tensor without any tangent. */
export function stripTangents(x: Tensor): Tensor {
  let primal = x;
  while (primal instanceof DualTensor || primal instanceof RuleTensor)
    primal = primal instanceof DualTensor ? primal.primal : primal.inner;
  return primal;
}

function partText(part: Tensor): string {
  return part.level === 0 ? valuesText(part) : `(${part.toString()})`;
}
