/**
 * Characters that a terminal obeys or hides: control characters, including ESC and U+0080 to U+009F,
 * direction overrides, line and paragraph separators, halves of surrogate pairs, and characters of no width.
 * The emoji variation selectors U+FE0E and U+FE0F are kept.
 */
const unseen = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes part of a line safe to show, wherever it comes from: unsafe characters are escaped as in JSON, such
 * as `\u001b`. Data, and the names of columns, categories, files and folders, may contain anything.
 */
export function shown(part: string): string {
  return part.replace(unseen, escaped);
}

/** The same for a text of several lines; keeps line ends and tabs. */
export function shownText(text: string): string {
  return text.replace(unseen, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** Escapes UTF-16 code units, so that escaped JSON is still JSON. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) =>
    character.charCodeAt(i).toString(16).padStart(4, '0'),
  );
  return names[character] ?? units.map((unit) => `\\u${unit}`).join('');
}
