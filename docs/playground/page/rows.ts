import { element } from './dom.ts';

/** Makes a table's body have this many rows: a name, a bar, and two numbers. */
export function setRows(body: HTMLElement, count: number): void {
  while (body.childElementCount < count)
    body.append(
      element(
        'tr',
        {},
        element('th', { scope: 'row' }),
        element('td', { class: 'bar' }, element('i')),
        element('td', { class: 'number' }),
        element('td', { class: 'number' }),
      ),
    );
  while (body.childElementCount > count) body.lastElementChild?.remove();
}

/** Sets the length of a bar, a share from 0 to 1. */
export function setBar(cell: Element, share: number): void {
  const own = cell.firstElementChild;
  if (own instanceof HTMLElement) own.style.width = `${(100 * share).toFixed(1)}%`;
}
