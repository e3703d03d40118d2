type Attributes = Readonly<Record<string, string>>;

/** An element with its attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The one element of the page that a selector finds. @throws Error if there is none. */
export function part(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

/** A button. */
export function button(text: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, text);
  made.addEventListener('click', act);
  return made;
}

/**
 * A fieldset of choices of which one is taken.
 * @param name that of the group on the page.
 */
export function choice<T extends string>(
  legend: string,
  options: readonly (readonly [value: T, text: string])[],
  value: T,
  act: (value: T) => void,
  name = legend.toLowerCase().replaceAll(/\W+/g, '-'),
): HTMLFieldSetElement {
  const labels = options.map(([each, text]) => {
    const input = element('input', { type: 'radio', name, value: each });
    input.checked = each === value;
    input.addEventListener('change', () => act(each));
    return element('label', {}, input, element('span', {}, text));
  });
  return element('fieldset', { class: 'choice' }, element('legend', {}, legend), ...labels);
}

/** Takes none of the options of a choice: what is shown is no longer one of them. */
export function chooseNone(fieldset: HTMLFieldSetElement): void {
  for (const input of fieldset.querySelectorAll('input')) input.checked = false;
}
