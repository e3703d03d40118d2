import type { Tensor } from '../../lib/index.ts';
import type { Input } from '../cell.ts';
import { type Initializer, normal } from '../initializers.ts';
import { requireSizes } from '../options.ts';
import { project } from '../project.ts';
import type { Layer } from './layer.ts';

export interface EmbeddingOptions {
  readonly symbols: number;
  readonly size: number;
  /** Standard normal by default. */
  readonly init?: Initializer;
}

/** A vector [size] for each of `symbols` classes: row x of a [symbols, size] matrix; a dense [symbols] input weighs the rows. */
export function embedding({ symbols, size, init = normal(1) }: EmbeddingOptions): Layer<Tensor, Input> {
  requireSizes('embedding', { symbols, size });
  return {
    name: 'embedding',
    inputs: symbols,
    outputs: size,
    init: (noise) => init(noise, [symbols, size]),
    apply: (rows, x) => project(x, rows),
  };
}
