import { guard, leavesOf, Tensor, type Tree } from '../../lib/index.ts';
import { liftTree } from '../arguments.ts';
import { bind } from '../bind.ts';
import { withLevel } from '../level.ts';
import type { TensorType } from '../primitive.ts';
import { type Recorder, SymbolTensor } from '../symbol.ts';
import { type Program, requireProgram } from './equations/program.ts';
import { type Pass, passes } from './passes.ts';

/** A traced function: its program, and a tree that tells how its outputs are put together. */
export interface Traced {
  readonly program: Program;
  readonly result: Tree;
}

/** Makes an input of the program that is being traced. */
export type Declare = (type: TensorType, label?: string) => Tensor;

/** Called with the program as it was recorded, and after each pass. */
export type WatchProgram = (program: Program, pass?: Pass<unknown>) => void;

/** Runs `body` once with the inputs that it declares as symbols, and writes down what it does. */
export function trace(
  name: string,
  body: (declare: Declare) => unknown,
  watch: WatchProgram = () => {},
): Traced {
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
    const recorded: Program = { name, inputs, equations: [...recorder.equations], outputs };
    watch(recorded);
    const program = passes.equations.reduce((now, pass) => {
      const next = pass.run(now);
      watch(next, pass);
      return next;
    }, recorded);
    return { program, result };
  });
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
