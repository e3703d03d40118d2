import { guard, leavesOf, Tensor, type Tree } from '../../lib/index.ts';
import { liftTree } from '../arguments.ts';
import { bind } from '../bind.ts';
import { withLevel } from '../level.ts';
import type { Primitive, TensorType } from '../primitive.ts';
import { type Equation, type Recorder, SymbolTensor } from '../symbol.ts';
import { withoutAdjoints } from './adjoint.ts';
import { type Program, requireProgram } from './program.ts';

/** A traced function: its program, and a tree that tells how its outputs are put together. */
export interface Traced {
  readonly program: Program;
  readonly result: Tree;
}

/** Makes an input of the program that is being traced. */
export type Declare = (type: TensorType, label?: string) => Tensor;

/** Runs `body` once with the inputs that it declares as symbols, and writes down what it does. */
export function trace(name: string, body: (declare: Declare) => unknown): Traced {
  guard.argument('trace', 'body', body, guard.callable);
  return withLevel(`compile(${name})`, (level) => {
    const recorder: Recorder = { level, equations: [], symbols: 0, linear: false };
    const inputs: SymbolTensor[] = [];
    const declare: Declare = (type, label) => {
      const symbol = new SymbolTensor(type, recorder);
      symbol.label = label;
      inputs.push(symbol);
      return symbol;
    };
    const result = liftTree(body(declare)) as Tree;
    const outputs = leavesOf(result);
    const program = tidy({ name, inputs, equations: [...recorder.equations], outputs });
    return { program: tidy(withoutAdjoints(program, recorder)), result };
  });
}

/** The program without equations that are computed twice or lead nowhere. */
function tidy(program: Program): Program {
  return withoutDead(withoutRepeats(program));
}

/** Whether a program uses only its inputs and plain numbers: a function that closes over a tensor under differentiation is none. */
export function isClosed({ inputs, equations, outputs }: Program): boolean {
  const own = new Set<Tensor>(inputs);
  const known = (operand: Tensor) => operand.level === 0 || own.has(operand);
  for (const { operands, result } of equations) {
    if (!operands.every(known)) return false;
    own.add(result);
  }
  return outputs.every(known);
}

/** Runs a program with the reference kernels, or under whatever interprets the arguments. */
export function evaluateProgram(program: Program, args: readonly Tensor[]): Tensor[] {
  requireProgram(program, 'evaluateProgram');
  guard.argument('evaluateProgram', 'args', args, argumentsFor(program));
  const values = new Map<Tensor, Tensor>(program.inputs.map((input, i) => [input, args[i]]));
  const value = (operand: Tensor) => values.get(operand) ?? operand;
  for (const { primitive, operands, parameters, result } of program.equations)
    values.set(result, bind(primitive, operands.map(value), parameters));
  return program.outputs.map(value);
}

function argumentsFor({ inputs }: Program): guard.Check {
  const what = `an array of ${inputs.length} tensors, one for each input`;
  const tensors = guard.listOf(what, (arg) => arg instanceof Tensor);
  return { what, holds: (args) => tensors.holds(args) && (args as []).length === inputs.length };
}

function withoutRepeats(program: Program): Program {
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
    const key = `${numberOf(equation.primitive)}(${operands.map(keyOf).join(',')})${JSON.stringify(equation.parameters, (_, value) => (typeof value === 'number' ? textOf(value) : value))}`;
    const earlier = first.get(key);
    if (earlier !== undefined) same.set(equation.result, earlier);
    else {
      first.set(key, equation.result);
      equations.push({ ...equation, operands });
    }
  }
  return { ...program, equations, outputs: program.outputs.map((output) => same.get(output) ?? output) };
}

/** Unlike JSON, tells NaN and the infinities apart, and the two zeros. */
function textOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function withoutDead(program: Program): Program {
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
