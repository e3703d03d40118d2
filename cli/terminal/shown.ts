/**
 * What a terminal obeys or does not show: control characters, among them ESC and U+0080 to U+009F, marks that change the direction of
 * writing, line and paragraph separators, halves of surrogate pairs, and characters of no width. The selectors of how an emoji is drawn,
 * U+FE0E and U+FE0F, are left as they are.
 */
const unseen = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A part of one line as it is safe to show, whatever it comes from: what a terminal would obey or hide is written as in JSON, such as
 * `\u001b`. Data, and the names of columns, categories, files and folders, may hold anything.
 */
export function shown(part: string): string {
  return part.replace(unseen, escaped);
}

/** The same for a text of several lines, whose line ends and tabs stay. */
export function shownText(text: string): string {
  return text.replace(unseen, (character) => (character === '\n' || character === '\t' ? character : escaped(character)));
}

/** By UTF-16 code units, so that what is escaped within JSON is still JSON. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i).toString(16).padStart(4, '0'));
  return names[character] ?? units.map((unit) => `\\u${unit}`).join('');
}
