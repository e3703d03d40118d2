import { element } from '../page/dom.ts';

/** The largest file that is taken, in bytes. */
const largest = 50_000_000;

/**
 * Takes files that are dropped anywhere on the page, or opened by the button that it returns. They are read here and
 * go nowhere.
 */
export function receiveFiles(
  take: (name: string, text: string) => void,
  refuse: (sentence: string) => void,
): HTMLElement {
  async function read(file: File): Promise<void> {
    if (file.size > largest) {
      refuse(`${file.name} has more than ${largest / 1e6} MB: cut it, or read it with norewind train`);
      return;
    }
    try {
      const bytes = await file.arrayBuffer();
      take(file.name, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      refuse(`${file.name} is not a text in UTF-8`);
    }
  }

  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void read(file);
  });
  const input = element('input', { type: 'file', class: 'hidden-input', 'aria-label': 'Open a file' });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file !== undefined) void read(file);
    input.value = '';
  });
  return element('label', { class: 'button' }, 'Open a file', input);
}
