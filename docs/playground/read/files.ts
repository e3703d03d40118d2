import { element } from '../page/dom.ts';

/** The largest file that is taken, in bytes. */
const largest = 50_000_000;

/**
 * Takes files that are dropped anywhere on the page, or opened by the button that it returns. They are read here and
 * go nowhere. `isDropped` tells whether the reader may be looking at another part of the page.
 */
export function receiveFiles(
  take: (name: string, text: string, isDropped: boolean) => void,
  refuse: (sentence: string, isDropped: boolean) => void,
): HTMLElement {
  async function read(files: readonly File[], isDropped: boolean): Promise<void> {
    if (files.length === 0) return;
    const [file] = files;
    const result = files.length > 1 ? `${files.length} files at once: drop one of them` : await textOf(file);
    if (typeof result === 'string') refuse(result, isDropped);
    else take(file.name, result.text, isDropped);
  }

  // Text that is dropped on a field stays the field's own.
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    void read([...(event.dataTransfer?.files ?? [])], true);
  });
  const input = element('input', { type: 'file', class: 'hidden-input', 'aria-label': 'Open a file' });
  input.addEventListener('change', () => {
    void read([...(input.files ?? [])], false);
    input.value = '';
  });
  return element('label', { class: 'button' }, 'Open a file', input);
}

/** The text of a file, or a sentence on why it has none. */
async function textOf(file: File): Promise<string | { readonly text: string }> {
  if (file.size > largest)
    return `${file.name} has more than ${largest / 1e6} MB: cut it, or read it with norewind train`;
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return `${file.name} cannot be read: is it a folder?`;
  }
  if (bytes.byteLength === 0) return `${file.name} is empty`;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return `${file.name} is not a text in UTF-8: if it is a text, save it in that encoding`;
  }
}
