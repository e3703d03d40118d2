import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFile } from '../package-root.ts';
import { pageHtml, pageIcon } from './pageHtml.ts';
import { pageStyle } from './pageStyle.ts';

/** A file served unchanged. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

/**
 * Everything served besides the events, by path. Read once, when the server starts: no request reaches the
 * file system.
 */
export function readAssets(): ReadonlyMap<string, Asset> {
  const script = (path: string) =>
    asset('text/javascript', readFileSync(packageFile('dist', 'cli', 'watch', path)));
  const charts = dirname(createRequire(import.meta.url).resolve('uplot'));
  return new Map([
    ['/', asset('text/html', pageHtml)],
    ['/icon.svg', asset('image/svg+xml', pageIcon)],
    ['/page.css', asset('text/css', pageStyle)],
    ['/uPlot.css', asset('text/css', readFileSync(join(charts, 'uPlot.min.css')))],
    ['/uPlot.js', asset('text/javascript', readFileSync(join(charts, 'uPlot.iife.min.js')))],
    ...pageScripts.map((path) => [`/${path}`, script(path)] as const),
  ]);
}

/** The modules of the page, below cli/watch. */
const pageScripts = [
  'thinned.js',
  'browser/main.js',
  'browser/charts.js',
  'browser/panels.js',
  'browser/tape.js',
  'browser/figures.js',
];

export function asset(type: string, content: string | Buffer): Asset {
  return { type: `${type}; charset=utf-8`, content: Buffer.from(content) };
}
