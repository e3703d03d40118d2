import { ConfigurationError, guard, leavesOf, type Noise, type Tensor, type Tree } from '../lib/index.ts';
import { cellOf } from './builtIn.ts';
import { aCell, type Cell, runStep } from './cell.ts';
import type { Layer } from './layers/layer.ts';

/** A cell, a readout, and optionally a layer for the input. */
export interface ModelOptions<P, S, X, R> {
  readonly cell: Cell<P, S, X>;
  readonly readout: Layer<R, Tensor>;
}

/** The parameters of a model. */
export type ModelParameters<P, R> = { readonly cell: P; readonly readout: R };

/** A cell with a readout. It is a cell too; its output is the readout of the inner cell's output. */
export function model<P, S, X, R>(options: ModelOptions<P, S, X, R>): Cell<ModelParameters<P, R>, S, X> {
  const { cell, readout } = guard.options(
    'model',
    options,
    checks,
    'model({ cell: gru({ inputs: 2, units: 16 }), readout: linear({ outputs: 1 }) })',
  );
  return cellOf({
    name: cell.name,
    outputs: readout.outputs,
    init: (noise: Noise) => ({
      cell: cell.init(noise),
      readout: readout.init(noise, readoutInputs(cell, readout)),
    }),
    start: () => cell.start(),
    step(params, state, input) {
      const { state: next, output } = runStep(cell, params.cell, state, input);
      return { state: next, output: readout.apply(params.readout, output) };
    },
  });
}

const aLayer: guard.Check = guard.having('a layer, such as linear({ outputs: 2 })', ['init', 'apply']);
const checks = { cell: guard.needed(aCell), readout: guard.needed(aLayer) };

/**
 * The same cell, fed with the output of a layer such as an embedding. Its parameters are { embedding, cell }.
 */
export function embedded<E, X, P, S>(
  layer: Layer<E, X>,
  cell: Cell<P, S, Tensor>,
): Cell<{ readonly embedding: E; readonly cell: P }, S, X> {
  guard.argument('embedded', 'layer', layer, {
    ...aLayer,
    what: 'a layer, such as embedding({ symbols: 10, size: 4 })',
  });
  guard.argument('embedded', 'cell', cell, aCell);
  return cellOf({
    name: cell.name,
    ...(cell.outputs === undefined ? {} : { outputs: cell.outputs }),
    init: (noise: Noise) => ({ embedding: layer.init(noise, layer.inputs ?? 0), cell: cell.init(noise) }),
    start: () => cell.start(),
    step: (params, state, input) => runStep(cell, params.cell, state, layer.apply(params.embedding, input)),
  });
}

/**
 * The inputs of the readout: as the readout declares, as the cell declares, or the length shared by all
 * leaves of the state.
 */
function readoutInputs<P, S, X, R>(cell: Cell<P, S, X>, readout: Layer<R, Tensor>): number {
  const declared = readout.inputs ?? cell.outputs;
  if (declared !== undefined) return declared;
  const lengths = new Set(
    leavesOf(cell.start() as Tree).map((leaf) => (leaf.shape.length === 1 ? leaf.shape[0] : undefined)),
  );
  const [length] = lengths;
  if (lengths.size !== 1 || length === undefined)
    throw new ConfigurationError(
      `model: the length of the output of cell ${cell.name} is not known; give the cell \`outputs\`, or the readout \`inputs\``,
    );
  return length;
}
