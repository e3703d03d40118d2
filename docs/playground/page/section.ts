import { element, part } from './dom.ts';

export interface SectionOptions {
  readonly id: string;
  readonly title: string;
  /** Two or three sentences on what is shown and why. */
  readonly text: readonly string[];
  readonly controls: readonly Node[];
  readonly figure: readonly Node[];
  /** Called when the section comes into view, and when it leaves it. */
  readonly onShown: (isShown: boolean) => void;
}

/** A part of the page, and its entry in the list at the top. */
export function section({ id, title, text, controls, figure, onShown }: SectionOptions): HTMLElement {
  const root = element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title` }, title),
    element('div', { class: 'words' }, ...text.map((paragraph) => element('p', {}, paragraph)), ...controls),
    element('div', { class: 'figure' }, ...figure),
  );
  part('main').append(root);
  part('nav').append(element('a', { href: `#${id}` }, title));
  new IntersectionObserver(([{ isIntersecting }]) => onShown(isIntersecting), { rootMargin: '80px' }).observe(
    root,
  );
  return root;
}

/** Milliseconds in which the parts of the page get their size. */
const settling = 4000;

/** Scrolls to a part, and back to it while those above it get their size, unless the reader moves. */
export function goTo(id: string): void {
  const root = part(`#${id}`);
  const observer = new ResizeObserver(() => root.scrollIntoView({ behavior: 'instant' }));
  observer.observe(part('main'));
  const end = () => observer.disconnect();
  for (const move of ['wheel', 'pointerdown', 'keydown'])
    addEventListener(move, end, { once: true, passive: true });
  setTimeout(end, settling);
}
