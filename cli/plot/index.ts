/**
 * Pictures of what was learnt, as SVG: `import { plot } from 'norewind/plot'`. For programs and notebooks; it reads
 * no files, so it also runs in browsers.
 */
export { ConfigurationError } from '../../lib/index.ts';
export type { History } from './history.ts';
export { type PlotOptions, plot } from './plot.ts';
