import type { Tensor } from '../../../lib/index.ts';
import type { Equation } from '../../symbol.ts';
import type { Program } from './program.ts';

/** The program with results replaced by others, every equation after those that it needs. */
export function replacing(others: ReadonlyMap<Tensor, Tensor>, program: Program): Program {
  const current = (x: Tensor) => others.get(x) ?? x;
  const makers = new Map<Tensor, Equation>();
  for (const equation of program.equations)
    makers.set(equation.result, { ...equation, operands: equation.operands.map(current) });
  const equations: Equation[] = [];
  const placed = new Set<Tensor>(others.keys());
  const place = (x: Tensor): void => {
    const equation = makers.get(x);
    if (equation === undefined || placed.has(x)) return;
    placed.add(x);
    equation.operands.forEach(place);
    equations.push(equation);
  };
  for (const equation of program.equations) place(equation.result);
  return { ...program, equations, outputs: program.outputs.map(current) };
}
