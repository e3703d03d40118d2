import type { Tensor } from '../lib/index.ts';
import { bind } from './bind.ts';
import type { Level } from './level.ts';
import { addTangents, pushForward, type Tangent } from './push-forward.ts';
import { type Equation, isSymbolOf, type Recorder, SymbolTensor } from './symbol.ts';

const nothing: ReadonlySet<Tangent> = new Set();

/** Records the operations on tangents. */
export function linearRecorder(level: Level): Recorder {
  return { level, equations: [], symbols: 0, linear: true };
}

/**
 * A straight-line program that is linear in its inputs: the derivative of a function at one point. Run
 * forwards it pushes tangents; walked backwards with transposes it pulls cotangents.
 */
export class LinearProgram {
  readonly inputs: readonly (SymbolTensor | undefined)[];
  readonly outputs: readonly Tangent[];
  /** Those that lead to an output. */
  readonly equations: readonly Equation[];
  readonly #recorder: Recorder;

  constructor(
    recorder: Recorder,
    inputs: readonly (SymbolTensor | undefined)[],
    outputs: readonly Tangent[],
  ) {
    this.#recorder = recorder;
    this.inputs = inputs;
    this.outputs = outputs;
    this.equations = liveEquations(recorder, outputs);
  }

  /** The number of equations that lead to an output. */
  get length(): number {
    return this.equations.length;
  }

  /** Whether x is one of its symbols, and not a coefficient. */
  has(x: Tensor): x is SymbolTensor {
    return isSymbolOf(x, this.#recorder);
  }

  /** Maps tangents of the inputs to tangents of the outputs. */
  push(tangents: readonly Tangent[]): Tangent[] {
    const known = new Array<Tangent>(this.#recorder.symbols);
    this.inputs.forEach((symbol, i) => {
      if (symbol) known[symbol.id] = tangents[i];
    });
    for (const { primitive, operands, parameters, result } of this.equations) {
      const values = operands.map((operand) =>
        isSymbolOf(operand, this.#recorder) ? known[operand.id] : undefined,
      );
      known[result.id] = pushForward(primitive, operands, values, result, parameters);
    }
    return this.outputs.map((symbol) => symbol && known[(symbol as SymbolTensor).id]);
  }

  /** Maps cotangents of the outputs to cotangents of the inputs. */
  pull(cotangents: readonly Tangent[]): Tangent[] {
    return this.pullTo(cotangents, []).inputs;
  }

  /**
   * Cotangents of the inputs, and of symbols on the way to them.
   * @param held symbols that keep their cotangent: nothing before them receives a part of it.
   */
  pullTo(
    cotangents: readonly Tangent[],
    symbols: readonly Tangent[],
    held: ReadonlySet<Tangent> = nothing,
  ): { readonly inputs: Tangent[]; readonly symbols: Tangent[] } {
    const known = new Array<Tangent>(this.#recorder.symbols);
    this.outputs.forEach((symbol, i) => {
      if (symbol instanceof SymbolTensor) known[symbol.id] = addTangents(known[symbol.id], cotangents[i]);
    });
    for (let at = this.equations.length - 1; at >= 0; at--) {
      const equation = this.equations[at];
      const cotangent = known[equation.result.id];
      if (cotangent !== undefined && !held.has(equation.result)) this.#transpose(equation, cotangent, known);
    }
    const found = (symbol: Tangent) => symbol && known[(symbol as SymbolTensor).id];
    return { inputs: this.inputs.map(found), symbols: symbols.map(found) };
  }

  #transpose({ primitive, operands, parameters }: Equation, cotangent: Tensor, known: Tangent[]): void {
    const [x, y] = operands;
    const give = (operand: Tensor, part: Tensor) => {
      const { id } = operand as SymbolTensor;
      known[id] = addTangents(known[id], part);
    };
    if (primitive.kind === 'linear') {
      give(x, primitive.transpose(cotangent, operands.slice(1), parameters, x));
    } else if (primitive.kind === 'addition') {
      give(x, cotangent);
      give(y, cotangent);
    } else if (primitive.kind === 'division') {
      give(x, bind(primitive, [cotangent, y], primitive.inRules));
    } else if (primitive.kind === 'bilinear') {
      if (isSymbolOf(x, this.#recorder)) give(x, primitive.transposes[0](cotangent, y, parameters));
      else give(y, primitive.transposes[1](cotangent, x, parameters));
    }
  }
}

function liveEquations(recorder: Recorder, outputs: readonly Tangent[]): Equation[] {
  const needed = new Uint8Array(recorder.symbols);
  for (const output of outputs) if (output) needed[(output as SymbolTensor).id] = 1;
  const live: Equation[] = [];
  for (let at = recorder.equations.length - 1; at >= 0; at--) {
    const equation = recorder.equations[at];
    if (!needed[equation.result.id]) continue;
    live.push(equation);
    for (const operand of equation.operands) if (isSymbolOf(operand, recorder)) needed[operand.id] = 1;
  }
  return live.reverse();
}
