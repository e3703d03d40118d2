import { picture } from '../page/canvas.ts';
import { button, element } from '../page/dom.ts';
import { counted, short, smoothed } from '../page/numbers.ts';
import { section } from '../page/section.ts';
import { slider } from '../page/slider.ts';
import { companion } from '../page/worker.ts';
import { drawRace, drawShares } from './charts.ts';
import type { FromBalance, ToBalance } from './messages.ts';
import {
  converged,
  longest,
  type Racer,
  racers,
  rightFrom,
  type Setting,
  type Shares,
  tooMuch,
} from './setting.ts';

const names: Readonly<Record<Racer, string>> = {
  rtrl: 'RTRL',
  uoro: 'UORO',
  blocks: 'TBPTT, a block of T steps at a time',
  window: 'TBPTT, the last T steps at every step',
};

/** Factor between two points of a course. */
const spacing = 1.02;

/** Influence balancing: the same rate for all, and truncation that follows the wrong sign. */
export function balancePanel(): void {
  let setting: Setting = { units: 23, positive: 10, window: 40, rate: 1e-5 };
  let shares: Shares | undefined;
  let isOn = true;
  let isVisible = false;
  let isWaiting = false;
  let steps = 0;
  let number = 0;
  let average = smoothed();
  const courses: Record<Racer, [number, number][]> = { rtrl: [], uoro: [], blocks: [], window: [] };
  let valueAt = (_: number) => setting.window;

  const race = picture(
    (width) => Math.min(340, Math.max(230, 0.52 * width)),
    (paper) => drawRace(paper, courses),
  );
  const signs = picture(
    () => 190,
    (paper) => {
      if (shares !== undefined) valueAt = drawShares(paper, shares, setting.window);
    },
  );
  signs.canvas.classList.add('draggable');
  const said = element('p', { class: 'said', id: 'balance-said', role: 'status' });
  const rate = element('p', { class: 'rate', id: 'balance-rate' });
  const cellsOf = (name: Racer) => ({
    loss: element('td', { class: 'number', id: `loss-${name}` }),
    verdict: element('td', { id: `verdict-${name}` }),
  });
  const cells = {
    rtrl: cellsOf('rtrl'),
    uoro: cellsOf('uoro'),
    blocks: cellsOf('blocks'),
    window: cellsOf('window'),
  };
  const table = element(
    'table',
    {},
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...['way to the gradient', 'loss', 'course'].map((text) => element('th', { scope: 'col' }, text)),
      ),
    ),
    element('tbody', {}, ...racers.map(rowOf)),
  );

  function rowOf(name: Racer): HTMLElement {
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('i', { class: name }), names[name]),
      cells[name].loss,
      cells[name].verdict,
    );
  }

  const worker = companion<ToBalance, FromBalance>({
    name: 'balance',
    onFailure: say,
    onMessage(message) {
      if (message.kind === 'refused') {
        shares = undefined;
        say(message.sentence);
      } else if (message.kind === 'shares') {
        shares = message.shares;
        signs.redraw();
        sayWhere();
      } else if (message.race === number && !isWaiting) show(message);
    },
  });

  function show(news: FromBalance & { kind: 'news' }): void {
    steps = news.steps;
    for (const name of racers) {
      const loss = news.losses[name];
      const course = courses[name];
      const last = course.at(-1)?.[0] ?? 0;
      if (news.steps > spacing * last && (course.at(-1)?.[1] ?? 0) <= tooMuch)
        course.push([news.steps, loss]);
      const { loss: figure, verdict } = cells[name];
      figure.textContent = loss > tooMuch ? '> 10¹²' : short(loss);
      const word = verdictOf(name, loss);
      verdict.textContent = word;
      verdict.dataset.verdict = word;
    }
    rate.dataset.steps = String(steps);
    rate.textContent = `step ${counted(news.steps)}${news.isOver ? ', the end' : ` · ${counted(average(news.rate))} steps a second, each by all four`}`;
    race.redraw();
    race.describe(
      `Loss after ${news.steps} steps. ${racers.map((name) => `${names[name]}: ${short(news.losses[name])}, ${verdictOf(name, news.losses[name])}`).join('. ')}.`,
    );
  }

  function verdictOf(name: Racer, loss: number): string {
    if (loss < converged) return 'converged';
    if (loss > tooMuch) return 'diverged';
    const course = courses[name];
    const earlier = course.at(-Math.ceil(course.length / 8) - 1)?.[1];
    if (steps < 2000 || earlier === undefined) return 'under way';
    return loss > earlier ? 'going away' : 'coming closer';
  }

  function say(sentence: string): void {
    said.textContent = sentence;
  }

  function sayWhere(): void {
    if (shares === undefined) return;
    const { window: T } = setting;
    const told = (share: number, way: string) => `${way} it sees ${short(share)} of the derivative`;
    const from = (list: readonly number[]) => {
      const first = rightFrom(list);
      return first === undefined
        ? `not within ${longest} steps`
        : first === 1
          ? 'always'
          : `from T = ${first} on`;
    };
    say(
      `The sign is right at every step ${from(shares.window)}, in blocks ${from(shares.blocks)}. With T = ${T}, ${told(shares.window[T - 1], 'at every step')}, ${told(shares.blocks[T - 1], 'in blocks')}.`,
    );
  }

  /** Starts again, once the controls have been still for a moment. */
  function change(next: Partial<Setting>): void {
    setting = { ...setting, ...next };
    signs.redraw();
    sayWhere();
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      begin();
    }, 150);
  }

  function begin(): void {
    for (const name of racers) courses[name].length = 0;
    average = smoothed();
    worker.tell({ kind: 'race', race: ++number, setting });
    race.redraw();
  }

  const window = slider({
    label: 'T, steps looked back',
    min: 1,
    max: longest,
    value: setting.window,
    onInput: (value) => change({ window: value }),
  });
  const positive = slider({
    label: 'p, units that θ pushes up',
    min: 0,
    max: setting.units,
    value: setting.positive,
    onInput: (value) => change({ positive: value }),
  });
  const units = slider({
    label: 'n, units',
    min: 3,
    max: 40,
    value: setting.units,
    onInput(value) {
      positive.limit(value);
      change({ units: value, positive: Math.min(setting.positive, value) });
    },
  });
  const pace = slider({
    label: 'Rate',
    min: -6.5,
    max: -3,
    step: 0.1,
    value: Math.log10(setting.rate),
    shown: (value) => short(10 ** value),
    onInput: (value) => change({ rate: 10 ** value }),
  });
  const toggle = button('Pause', () => {
    isOn = !isOn;
    toggle.textContent = isOn ? 'Pause' : 'Resume';
    worker.tell({ kind: 'run', isOn: isOn && isVisible });
  });

  const drag = (event: PointerEvent) => {
    if (event.type !== 'pointerdown' && event.buttons === 0) return;
    const value = Math.round(valueAt(event.offsetX));
    const next = Math.min(longest, Math.max(1, value));
    window.set(next);
    change({ window: next });
  };
  signs.canvas.addEventListener('pointerdown', (event) => {
    signs.canvas.setPointerCapture(event.pointerId);
    drag(event);
  });
  signs.canvas.addEventListener('pointermove', drag);
  signs.describe(
    'The derivative that truncated backpropagation sees, by the number of steps that it looks back.',
  );

  section({
    id: 'balance',
    title: 'Influence balancing',
    text: [
      'One parameter θ pushes p units up and the rest down. Its effect on the output comes at once in one direction, and later, more strongly, in the other. Only who looks far enough back sees the sign.',
      'All four learn at the same rate from the same stream. Drag T across the first chart: truncation turns around at a length that you cannot know beforehand, while RTRL and UORO do not look back at all. UORO pays in noise: at three times this rate it diverges.',
    ],
    controls: [
      window.root,
      positive.root,
      units.root,
      pace.root,
      element('div', { class: 'buttons' }, toggle, button('Start again', begin)),
      rate,
    ],
    figure: [signs.canvas, said, race.canvas, table],
    onShown(isShown) {
      isVisible = isShown;
      if (isShown) worker.wake();
      worker.tell({ kind: 'run', isOn: isOn && isVisible });
    },
  });
  begin();
}
