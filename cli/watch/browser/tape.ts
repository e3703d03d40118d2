/** Symbols in a row, on a background that is stronger the less they were expected. */
export interface Tape {
  show(symbols: readonly string[], probabilities: readonly number[]): void;
}

/** The number of bits with the strongest background. */
const mostBits = 8;

export function createTape(parent: HTMLElement): Tape {
  const tape = document.createElement('div');
  tape.className = 'tape';
  const scale = document.createElement('p');
  scale.className = 'scale';
  scale.append('expected', document.createElement('i'), `a surprise of ${mostBits} bits or more`);
  parent.append(tape, scale);
  return {
    show(symbols, probabilities) {
      tape.classList.toggle(
        'words',
        symbols.some((symbol) => Array.from(symbol).length > 4),
      );
      while (tape.childElementCount < symbols.length) tape.append(document.createElement('span'));
      while (tape.childElementCount > symbols.length) tape.lastElementChild?.remove();
      for (const [i, symbol] of symbols.entries()) {
        const span = tape.children[i] as HTMLElement;
        const bits = -Math.log2(probabilities[i]);
        span.textContent = symbol === '\n' ? '⏎\n' : symbol === '\r' ? '␍' : symbol;
        span.title = `${JSON.stringify(symbol)}: probability ${probabilities[i].toPrecision(2)}, ${bits.toFixed(1)} bits`;
        span.style.setProperty('--bits', String(0.85 * Math.min(1, bits / mostBits)));
      }
    },
  };
}
