import { picture } from '../page/canvas.ts';
import { button, element } from '../page/dom.ts';
import { counted, short } from '../page/numbers.ts';
import { section } from '../page/section.ts';
import { slider } from '../page/slider.ts';
import { companion } from '../page/worker.ts';
import { drawClouds, heightFor, names } from './drawing.ts';
import type { FromCloud, ToCloud } from './messages.ts';
import { type Rule, rules } from './rules.ts';

const wrong: Readonly<Record<Rule, string>> = {
  uoro: 'the mean of all sequences is the derivative',
  forgets: 'drops J s̃, what the past does to the present',
  diagonal: 'keeps only what each unit does to itself',
  repeats: 'draws its signs once and keeps them',
  odd: 'scales by a number that depends on a sign',
  scaled: 'is right but for a factor',
};

/** Milliseconds in which all sequences appear. */
const duration = 5000;

/** Every sequence of signs of a small network, and where the mean of them lands. */
export function cloudPanel(): void {
  let asked: ToCloud = { seed: 2, steps: 4 };
  let news: FromCloud | undefined;
  let shown = 0;
  let isPlaying = false;
  let isVisible = false;
  let before = 0;

  const sheet = picture(heightFor, (paper) => {
    if (news !== undefined) drawClouds(paper, news.clouds, Math.ceil(shown));
  });
  const sequences = slider({
    label: 'Sequences shown',
    min: 1,
    max: 4 ** asked.steps,
    value: 1,
    shown: (value) => `${counted(value)} of ${counted(4 ** asked.steps)}`,
    onInput(value) {
      play(false);
      show(value);
    },
  });
  const steps = slider({
    label: 'Time steps',
    min: 1,
    max: 5,
    value: asked.steps,
    onInput: (value) => ask({ ...asked, steps: value }),
  });
  const toggle = button('Pause', () => {
    if (news !== undefined && shown >= 4 ** asked.steps) shown = 0;
    play(!isPlaying);
  });
  const another = button('Another network', () => ask({ ...asked, seed: asked.seed + 1 }));
  const rows = new Map(
    rules.map((rule) => [rule, element('td', { class: 'number', id: `miss-${rule}` }, '…')] as const),
  );
  const table = element(
    'table',
    {},
    element('caption', {}, 'How far the mean of all sequences is from ∂s/∂θ, in lengths of it'),
    element('tbody', {}, ...rules.map((rule) => rowOf(rule))),
  );
  const rate = element('p', { class: 'rate', id: 'cloud-rate' });

  function rowOf(rule: Rule): HTMLElement {
    const cell = rows.get(rule) ?? '';
    const kind = rule === 'uoro' ? 'uoro' : 'impostor';
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('i', { class: kind }), names[rule]),
      element('td', {}, wrong[rule]),
      cell,
    );
  }

  const worker = companion<ToCloud, FromCloud>({
    name: 'cloud',
    onMessage(message) {
      // An earlier request is no longer wanted.
      if (message.asked.seed !== asked.seed || message.asked.steps !== asked.steps) return;
      news = message;
      shown = 0;
      sequences.limit(4 ** asked.steps);
      for (const { rule, miss } of news.clouds) {
        const cell = rows.get(rule);
        if (cell !== undefined) cell.textContent = short(miss);
      }
      rate.textContent = `${counted(message.rate)} sequences a second`;
      play(!matchMedia('(prefers-reduced-motion: reduce)').matches);
      if (!isPlaying) show(4 ** asked.steps);
    },
    onFailure: (sentence) => {
      rate.textContent = sentence;
    },
  });

  function ask(next: ToCloud): void {
    asked = next;
    worker.tell(asked);
  }

  function show(count: number): void {
    shown = count;
    sequences.set(Math.max(1, Math.round(count)));
    sheet.redraw();
    const [own, ...others] = news?.clouds ?? [];
    if (own !== undefined && count >= 4 ** asked.steps)
      sheet.describe(
        `All ${4 ** asked.steps} sequences: the mean of UORO is on the derivative; ${others.map(({ rule, miss }) => `${names[rule]} misses it by ${short(miss)}`).join(', ')}.`,
      );
  }

  function play(on: boolean): void {
    if (on && !isPlaying && isVisible) requestAnimationFrame(first);
    isPlaying = on;
    toggle.textContent = on ? 'Pause' : 'Play';
  }

  function first(now: number): void {
    before = now;
    frame(now);
  }

  function frame(now: number): void {
    if (!isPlaying || !isVisible) return;
    const all = 4 ** asked.steps;
    show(Math.min(all, shown + (all * (now - before)) / duration));
    before = now;
    if (shown >= all) play(false);
    else requestAnimationFrame(frame);
  }

  section({
    id: 'cloud',
    title: 'The cloud',
    text: [
      'UORO draws a sign for each unit at each step, and carries two vectors whose outer product s̃ ⊗ θ̃ stands for the whole derivative ∂s/∂θ. Here are two units, and every sequence of signs that there is: a dot each.',
      'No dot is right. Their mean is, to the last digit: that is what unbiased means, and it is checked here by enumeration, not by sampling. The impostors beside it look alike, and miss.',
      'Each picture is a plane through the space of derivatives, with the true one in the middle.',
    ],
    controls: [sequences.root, steps.root, element('div', { class: 'buttons' }, toggle, another), rate],
    figure: [sheet.canvas, table],
    onShown(isShown) {
      isVisible = isShown;
      if (isShown) worker.wake();
      if (isShown && isPlaying) requestAnimationFrame(first);
    },
  });
  sheet.describe('The sequences are being run.');
  worker.tell(asked);
}
