import type { Tensor } from '../../../lib/index.ts';
import type { Primitive } from '../../primitive.ts';
import type { Equation, SymbolTensor } from '../../symbol.ts';
import type { Program } from './program.ts';

export function withoutRepeats(program: Program): Program {
  const first = new Map<string, SymbolTensor>();
  const same = new Map<Tensor, Tensor>();
  const keys = new Map<Tensor, string>();
  const constants = new Map<string, string>();
  const primitives = new Map<Primitive, number>();
  const numberOf = (primitive: Primitive): number => {
    const number = primitives.get(primitive) ?? primitives.size;
    primitives.set(primitive, number);
    return number;
  };
  const keyOf = (operand: Tensor): string => {
    const known = keys.get(operand);
    if (known !== undefined) return known;
    // Scalars that are written anew wherever they are needed are one constant.
    const text =
      operand.level !== 0 || operand.size !== 1
        ? undefined
        : `${operand.dtype}:${operand.shape.length}:${textOf(operand.item())}`;
    const key = (text !== undefined && constants.get(text)) || `#${keys.size}`;
    if (text !== undefined) constants.set(text, key);
    keys.set(operand, key);
    return key;
  };
  const equations: Equation[] = [];
  for (const equation of program.equations) {
    const operands = equation.operands.map((operand) => same.get(operand) ?? operand);
    let key = String(numberOf(equation.primitive));
    for (const operand of operands) key += `,${keyOf(operand)}`;
    key += textOf(equation.parameters);
    const earlier = first.get(key);
    if (earlier !== undefined) same.set(equation.result, earlier);
    else {
      first.set(key, equation.result);
      equations.push({ ...equation, operands });
    }
  }
  return { ...program, equations, outputs: program.outputs.map((output) => same.get(output) ?? output) };
}

/**
 * A text for each value of a parameter. Unlike JSON, it tells NaN and the infinities apart, and the two zeros.
 */
function textOf(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? typeof value;
  let text = '';
  if (Array.isArray(value)) {
    for (const part of value) text += `${textOf(part)},`;
    return `[${text}]`;
  }
  for (const key of Object.keys(value)) text += `${key}:${textOf((value as Record<string, unknown>)[key])},`;
  return `{${text}}`;
}

export function withoutDead(program: Program): Program {
  const needed = new Set<Tensor>(program.outputs);
  const equations: Equation[] = [];
  for (let at = program.equations.length - 1; at >= 0; at--) {
    const equation = program.equations[at];
    if (!needed.has(equation.result)) continue;
    equations.push(equation);
    for (const operand of equation.operands) needed.add(operand);
  }
  return { ...program, equations: equations.reverse() };
}
