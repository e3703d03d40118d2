import type { Trail } from '../../../trainers/evaluation/index.ts';
import type { Heading, LiveEvents, Sample } from '../sample.ts';
import { createThinned, type Thinned } from '../thinned.ts';
import { short, showFigures } from './figures.ts';
import { type Panel, samplePanels, trailPanel } from './panels.ts';

/** The most samples in a chart, spread evenly over all. */
const mostSamples = 2000;
/** A run counts as waiting for data after three times its last pause, and at least this many milliseconds. */
const quiet = 4000;

const events = new EventSource('/events');
let heading: Heading | undefined;
let samples: Thinned<Sample> = createThinned(mostSamples);
let panels: readonly Panel<readonly Sample[]>[] | undefined;
let trailShown: Panel<Trail> | undefined;
let shownAt = performance.now();
let waiting: ReturnType<typeof setTimeout> | undefined;

on('begin', (begun) => {
  heading = begun.heading;
  document.title = `norewind: ${heading.folder}`;
  part('title').textContent = heading.title;
  part('folder').textContent = heading.folder;
  samples = createThinned(mostSamples);
  for (const section of document.querySelectorAll('section')) {
    section.hidden = false;
    section.replaceChildren(...[...section.children].slice(0, 1));
  }
  noteScore(heading);
  panels = undefined;
  trailShown = undefined;
  for (const sample of begun.samples) samples.add(sample);
  setState('waiting', 'waiting for data');
  const last = begun.samples.at(-1);
  if (last !== undefined) show(last, begun.trail);
});

on('sample', ({ sample, trail }) => {
  samples.add(sample);
  show(sample, trail);
});

on('end', ({ sentence }) => {
  events.close();
  clearTimeout(waiting);
  setState('ended', sentence);
});

events.addEventListener('error', () => {
  clearTimeout(waiting);
  setState('lost', 'no connection; trying again');
});

function show(sample: Sample, trail: Trail | null): void {
  if (heading === undefined) return;
  panels ??= samplePanels(heading, sample, part);
  for (const panel of panels) panel(samples.items());
  part('trail').hidden = trail === null;
  if (trail !== null) {
    trailShown ??= trailPanel(part('trail'), trail);
    trailShown(trail);
  }
  const [[served, own], ...others] = Object.entries(sample.figures);
  const [best] = others.sort(([, a], [, b]) => a.recent - b.recent);
  showFigures(part('figures'), [
    [heading.noun, sample.step.toLocaleString('en-US')],
    [`${heading.noun} a second`, short(sample.rate)],
    [`${served}, ${heading.unit}`, short(own.recent)],
    ...(best === undefined ? [] : [[`${best[0]}, ${heading.unit}`, short(best[1].recent)] as const]),
    ['norm of the gradient', short(sample.gradientNorm)],
  ]);
  setState('live', 'live');
  clearTimeout(waiting);
  const now = performance.now();
  waiting = setTimeout(() => setState('waiting', 'waiting for data'), Math.max(quiet, 3 * (now - shownAt)));
  shownAt = now;
}

function noteScore({ unit, recent }: Heading): void {
  const note = document.createElement('small');
  note.textContent = `${unit} a prediction, mean of the last ${recent.toLocaleString('en-US')}; the lower the better`;
  part('loss').querySelector('h2')?.replaceChildren('Score', note);
}

function setState(state: string, words: string): void {
  part('state').dataset.state = state;
  part('state').textContent = words;
}

function on<K extends keyof LiveEvents>(name: K, take: (content: LiveEvents[K]) => void): void {
  events.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data)));
}

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no part called ${id}`);
  return element;
}
