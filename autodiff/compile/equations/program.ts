import { DTypeError, formatShape, guard, ShapeError, sameShape, Tensor } from '../../../lib/index.ts';
import type { Parameters, TensorType } from '../../primitive.ts';
import { type Equation, SymbolTensor } from '../../symbol.ts';

/** A straight-line program: what `compile` runs. Operands that are not symbols are constants. */
export interface Program {
  readonly name: string;
  readonly inputs: readonly SymbolTensor[];
  readonly equations: readonly Equation[];
  /** Symbols, or constants where an output does not depend on the inputs. */
  readonly outputs: readonly Tensor[];
}

/** The program as text, one equation a line, every symbol with its type. */
export function printProgram(program: Program): string {
  const { name, inputs, equations, outputs } = requireProgram(program, 'printProgram');
  const names = new Map<Tensor, string>();
  const declare = (symbol: Tensor) => {
    names.set(symbol, letters(names.size));
    return `${names.get(symbol)}: ${typeName(symbol)}`;
  };
  const use = (operand: Tensor) => names.get(operand) ?? constantName(operand);
  const head = `program ${name}(${inputs.map((input) => `${declare(input)}${input.label ? ` = ${input.label}` : ''}`).join(', ')}) {`;
  const body = equations.map(({ primitive, operands, parameters, result }) => {
    const call = `${primitive.name}(${operands.map(use).join(', ')})${printParameters(parameters)}`;
    return `  ${declare(result)} = ${call}`;
  });
  return [head, ...body, `  return ${outputs.map(use).join(', ')}`, '}'].join('\n');
}

/**
 * @throws ShapeError when an operand is used before it is defined, or a result does not have the type that
 *   its primitive returns.
 */
export function checkProgram(program: Program): void {
  const { name, inputs, equations, outputs } = requireProgram(program, 'checkProgram');
  const defined = new Set<Tensor>(inputs);
  const require = (operand: Tensor, where: string) => {
    if (operand instanceof SymbolTensor && !defined.has(operand))
      throw new ShapeError(`program ${name}: ${where} uses a symbol before it is defined`);
  };
  equations.forEach(({ primitive, operands, parameters, result }, line) => {
    for (const operand of operands) require(operand, `equation ${line + 1} (${primitive.name})`);
    const type = primitive.type(operands, parameters);
    if (typeName(type) !== typeName(result))
      throw new ShapeError(
        `program ${name}: equation ${line + 1} (${primitive.name}) returns ${typeName(type)}, its result says ${typeName(result)}`,
      );
    defined.add(result);
  });
  for (const output of outputs) require(output, 'the return');
}

/**
 * @throws ConfigurationError unless it is made like a program (from untyped code); whether it makes sense is
 *   for `checkProgram`.
 */
export function requireProgram(program: Program, who: string): Program {
  guard.argument(who, 'what it is given', program, aProgram);
  return program;
}

const aProgram: guard.Check = {
  what: 'a program, as compile(f).program(...) returns it',
  holds: (value) => typeof value === 'object' && value !== null && isProgram(value),
};

function isProgram({
  name,
  inputs,
  equations,
  outputs,
}: { readonly [K in keyof Program]?: unknown }): boolean {
  return (
    typeof name === 'string' && symbols.holds(inputs) && lines.holds(equations) && tensors.holds(outputs)
  );
}

const tensors = guard.listOf('tensors', (value) => value instanceof Tensor);
const symbols = guard.listOf('symbols', (value) => value instanceof SymbolTensor);
const lines = guard.listOf('equations', (value) => {
  const line = value as Partial<Equation> | undefined | null;
  const isCall = typeof line?.primitive?.evaluate === 'function' && guard.isRecord(line.parameters);
  return isCall && line.result instanceof SymbolTensor && tensors.holds(line.operands);
});

/**
 * Whether a program uses only its inputs and plain numbers: a function that closes over a tensor under
 * differentiation is none.
 */
export function isClosed({ inputs, equations, outputs }: Program): boolean {
  const own = new Set<Tensor>(inputs);
  const known = (operand: Tensor) => operand.level === 0 || own.has(operand);
  for (const { operands, result } of equations) {
    if (!operands.every(known)) return false;
    own.add(result);
  }
  return outputs.every(known);
}

/** @throws DTypeError or ShapeError unless a tensor has the type of the program's input `at`. */
export function requireType({ name, inputs }: Program, at: number, x: Tensor): void {
  const input = inputs[at];
  if (x.dtype === input.dtype && sameShape(x.shape, input.shape)) return;
  const what = `program ${name}: input ${input.label ?? at} is ${typeName(input)}, got ${typeName(x)}`;
  throw x.dtype === input.dtype ? new ShapeError(what) : new DTypeError(what);
}

/** `float32[2,3]`. */
export function typeName({ dtype, shape }: TensorType): string {
  return `${dtype}${formatShape(shape)}`;
}

function constantName(operand: Tensor): string {
  return operand.size === 1 && operand.level === 0 ? String(operand.item()) : `constant ${typeName(operand)}`;
}

function printParameters(parameters: Parameters): string {
  const entries = Object.entries(parameters).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? `[${value.join(',')}]` : String(value)}`,
  );
  return entries.length === 0 ? '' : ` {${entries.join(', ')}}`;
}

/** The name of symbol number `index`: a, b, …, z, aa, … */
export function letters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return (rest >= 0 ? letters(rest) : '') + String.fromCharCode(97 + (index % 26));
}
