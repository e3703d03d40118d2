import { element } from '../page/dom.ts';

const token =
  /(\/\/.*|\/\*[\s\S]*?\*\/)|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\b(import|from|export|const|let|function|return|for|of|if|else|new|while|type|interface|class|extends|async|await|throw|try|catch|yield)\b|\b(\d[\d.]*(?:e[+-]?\d+)?)\b/g;
const classes = ['remark', 'text', 'word', 'number'];

/** A source with its remarks, texts, words of the language and numbers marked; and a line that is wrong. */
export function highlighted(source: string, wrong: number | undefined): readonly Node[] {
  const nodes: (Node | string)[] = [];
  let at = 0;
  for (const match of source.matchAll(token)) {
    const kind = match.slice(1).findIndex((part) => part !== undefined);
    nodes.push(source.slice(at, match.index), element('span', { class: classes[kind] }, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(source.slice(at));
  const all = nodes.map((node) => (typeof node === 'string' ? document.createTextNode(node) : node));
  if (wrong === undefined) return all;
  const mark = element('i', { class: 'wrong-line' });
  mark.style.setProperty('--line', String(wrong - 1));
  return [mark, ...all];
}
