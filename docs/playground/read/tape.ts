import { element } from '../page/dom.ts';
import type { Letter } from './text.ts';

export interface Tape {
  readonly root: HTMLElement;
  add(letters: readonly Letter[]): void;
  clear(): void;
}

/** The bits with the strongest background. */
const mostBits = 8;
const capacity = 240;

/**
 * The latest symbols, on a background that is stronger the less they were expected. One of them is chosen, the latest
 * unless the reader chooses another by pointer or with the arrow keys.
 */
export function createTape(onChoice: (letter: Letter, isLatest: boolean) => void): Tape {
  const root = element('div', {
    class: 'tape',
    tabindex: '0',
    role: 'group',
    'aria-label': 'The text as it is read',
  });
  let letters: Letter[] = [];
  /** Counted from the end; 0 is the latest. */
  let back = 0;

  function show(): void {
    const chosen = letters.length - 1 - back;
    root.querySelector('.chosen')?.classList.remove('chosen');
    root.children[chosen]?.classList.add('chosen');
    if (letters[chosen] !== undefined) onChoice(letters[chosen], back === 0);
  }

  function choose(next: number): void {
    back = Math.min(Math.max(next, 0), letters.length - 1);
    show();
  }

  root.addEventListener('click', ({ target }) => {
    const at = target instanceof Element ? [...root.children].indexOf(target) : -1;
    if (at >= 0) choose(letters.length - 1 - at);
  });
  root.addEventListener('keydown', (event) => {
    const move = { ArrowLeft: 1, ArrowRight: -1, End: -back }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    choose(back + move);
  });
  return {
    root,
    add(more) {
      letters = [...letters, ...more].slice(-capacity);
      root.append(...more.slice(-capacity).map(spanOf));
      while (root.childElementCount > letters.length) root.firstElementChild?.remove();
      // A symbol that was chosen stays so, until it has passed.
      if (back > 0) back = back + more.length < letters.length ? back + more.length : 0;
      show();
    },
    clear() {
      letters = [];
      back = 0;
      root.replaceChildren();
    },
  };
}

function spanOf({ symbol, bits = 0 }: Letter): HTMLElement {
  const span = element('span', {}, symbol === '\n' ? '⏎\n' : symbol);
  span.style.setProperty('--bits', Math.min(1, bits / mostBits).toFixed(2));
  return span;
}
