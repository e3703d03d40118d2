import { guard, printable, requireNoise } from '../lib/index.ts';
import { type Cell, runStep } from './cell.ts';
import type { Layer } from './layers/layer.ts';
import { requireInit } from './options.ts';
import { summary } from './summary.ts';

const parameters: guard.Check = {
  what: 'the parameters that init returns',
  holds: (value) => typeof value === 'object' && value !== null,
};
const state: guard.Check = { ...parameters, what: 'a state like that of start' };

/** Makes a built-in cell: checks its arguments, and prints as its summary. */
export function cellOf<P, S, X>(cell: Cell<P, S, X>): Cell<P, S, X> {
  const own: Cell<P, S, X> = {
    ...cell,
    init(noise) {
      requireNoise(noise, `${cell.name}.init`);
      return cell.init(noise);
    },
    step(params, before, input) {
      guard.argument(`${cell.name}.step`, 'params', params, parameters);
      guard.argument(`${cell.name}.step`, 'state', before, state);
      return runStep(cell, params, before, input);
    },
  };
  return printable(
    own,
    () => String(summary(own)),
    () => summary(own),
  );
}

/** Makes a built-in layer, which checks its arguments. */
export function layerOf<P, X>(layer: Layer<P, X>): Layer<P, X> {
  return {
    ...layer,
    init(noise, inputs) {
      requireInit(layer.name, noise, layer.inputs ?? inputs);
      return layer.init(noise, layer.inputs ?? inputs);
    },
    apply(params, input) {
      guard.argument(`${layer.name}.apply`, 'params', params, parameters);
      return layer.apply(params, input);
    },
  };
}
