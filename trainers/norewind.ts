/**
 * The common things, for `import { … } from 'norewind'`: tensors and noise, differentiation, cells and losses, learners.
 * Everything else is in norewind/lib, norewind/autodiff, norewind/nn, norewind/trainers and norewind/testing.
 */
export * from '../autodiff/index.ts';
export * from '../lib/index.ts';
export * from '../nn/index.ts';
// A layer here; the maker of linear primitives of the same name is in norewind/autodiff.
export { linear } from '../nn/index.ts';
export * from './index.ts';
