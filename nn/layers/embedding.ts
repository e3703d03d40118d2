import { guard, type Tensor } from '../../lib/index.ts';
import { layerOf } from '../builtIn.ts';
import type { Input } from '../cell.ts';
import { type Initializer, normal } from '../initializers.ts';
import { size as aSize, draw, requireRoom } from '../options.ts';
import { project } from '../project.ts';
import type { Layer } from './layer.ts';

export interface EmbeddingOptions {
  readonly symbols: number;
  readonly size: number;
  /** Default: standard normal. */
  readonly init?: Initializer;
}

/** A vector [size] per class: row x of a [symbols, size] matrix. A dense input [symbols] weights the rows. */
export function embedding(options: EmbeddingOptions): Layer<Tensor, Input> {
  const {
    symbols,
    size,
    init = normal(1),
  } = guard.options('embedding', options, checks, 'embedding({ symbols: 10, size: 4 })');
  requireRoom('embedding', symbols * size, 'use fewer symbols, or a smaller size');
  return layerOf({
    name: 'embedding',
    inputs: symbols,
    outputs: size,
    init: (noise) => draw('embedding', init, noise, [symbols, size]),
    apply: (rows, x) => project(x, rows),
  });
}

const checks: guard.Checks<EmbeddingOptions> = { symbols: aSize, size: aSize, init: guard.callable };
