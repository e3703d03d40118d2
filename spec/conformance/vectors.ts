import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/project.ts';
import { casesOf, parameterName, stateName } from './cases.ts';
import { type Problem, problems } from './problems.ts';
import { forward, named, run } from './run.ts';

/** Raised when the meaning of a number or of a name changes; new files and cases leave it as it is. */
const version = 1;

const folder = join(root, 'spec', 'conformance', `v${version}`);

/** The content of the file of a problem. */
export function vectorsOf(problem: Problem) {
  return {
    format: 'recurrent-gradients',
    version,
    cell: problem.cell,
    options: problem.options,
    equations: problem.equations,
    loss: problem.loss.name,
    sizes: problem.sizes,
    tolerance: 1e-12,
    parameters: named(problem.parameters, parameterName),
    state: named(problem.state, stateName),
    inputs: problem.inputs.map((input) => input.toArray()),
    targets: problem.targets.map((target) => (typeof target === 'number' ? target : target.toArray())),
    forward: forward(problem),
    cases: casesOf(problem).map((own) => {
      const { name, estimator, settings, rate } = own;
      return { name, estimator, settings, rate, ...run(problem, own) };
    }),
  };
}

export type Vectors = ReturnType<typeof vectorsOf>;

export function readVectors({ cell }: Problem): Vectors {
  return JSON.parse(readFileSync(join(folder, `${cell}.json`), 'utf8')) as Vectors;
}

export function writeVectors(): void {
  for (const problem of problems)
    writeFileSync(join(folder, `${problem.cell}.json`), `${printed(vectorsOf(problem), 0)}\n`);
}

/** JSON with an update a line, and 14 digits, as the tolerance needs 13. */
function printed(value: unknown, depth: number): string {
  if (typeof value === 'number') return JSON.stringify(Number(value.toPrecision(14)));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(
    ([key, entry]) => `${isList ? '' : `${JSON.stringify(key)}:`}${printed(entry, depth + 1)}`,
  );
  const [open, close] = isList ? '[]' : '{}';
  const opens = depth < 4 && entries.some((entry) => entry.length > 100);
  const [gap, end] = opens ? [`\n${' '.repeat(depth + 1)}`, `\n${' '.repeat(depth)}`] : ['', ''];
  return `${open}${gap}${entries.join(`,${gap}`)}${end}${close}`;
}
