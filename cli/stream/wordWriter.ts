/** What no space comes before, and after. */
const left = /^[\p{Pe}\p{Pf}\p{Pd}\n,.;:!?%…/'@_]/u;
const right = /^[\p{Ps}\p{Pi}\p{Pd}\n#$€£/'@_]/u;
/** The scripts that are written without spaces, and their marks. */
const scripts = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const unspaced = new RegExp(`^[${scripts.map((name) => `\\p{Script=${name}}`).join('')}\\u3000-\\u303f\\uff00-\\uffef]`, 'u');

/** Writes one word after the other, with spaces where they belong as far as the marks tell; straight quotes open and close by turns. */
export function createWordWriter(): (word: string) => string {
  let before = '';
  let isTight = true;
  let isQuoted = false;
  return (word) => {
    const isQuote = word === '"';
    const joins = isTight || (isQuote ? isQuoted : left.test(word)) || (unspaced.test(word) && unspaced.test(before));
    isQuoted = word !== '\n' && isQuoted !== isQuote;
    isTight = isQuote ? isQuoted : right.test(word);
    before = word;
    return joins ? word : ` ${word}`;
  };
}
