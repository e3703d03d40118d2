// The Markdown of the API reference: what an import path exports, a page for each part of it.
import { ReflectionKind } from 'typedoc';
import { genericsText, memberText, signatureText, typeText } from './types.mjs';

/**
 * One page.
 * @param entries those of the page. @param linkOf the address of a documented reflection, or undefined.
 * @param examplesOf for a name, the places in the guides whose programs import it.
 */
export function pageOf(title, path, entries, linkOf, examplesOf) {
  const sorted = [...entries].sort((a, b) => byUse(a.reflection, b.reflection));
  const text = sorted.map((entry) => entryText(entry, linkOf, examplesOf)).join('\n');
  return `---\neditLink: false\n---\n\n# API: ${title} {#top}\n\nFrom \`${path}\`.\n\n${text}`;
}

/** Functions come before types, each in alphabetical order. */
export function byUse(one, other) {
  const [a, b] = [one, other].map((each) =>
    each.kind === ReflectionKind.Reference ? each.getTargetReflectionDeep() : each,
  );
  return Number(isType(a)) - Number(isType(b)) || a.name.localeCompare(b.name, 'en', { sensitivity: 'base' });
}

/** Whether it only exists for the compiler. */
function isType({ kind }) {
  return [ReflectionKind.Interface, ReflectionKind.TypeAlias].includes(kind);
}

function entryText({ reflection, id, path }, linkOf, examplesOf) {
  const { name } = reflection;
  const examples = examplesOf(name, path);
  return [
    `## ${name} {#${id}}`,
    '',
    ...bodyOf(reflection, linkOf),
    ...(examples.length === 0 ? [] : [`Examples: ${examples.join(' · ')}`, '']),
  ].join('\n');
}

function bodyOf(reflection, linkOf) {
  const { kind, name } = reflection;
  if (reflection.signatures)
    return reflection.signatures.flatMap((signature) => [
      ...code(`${name}${signatureText(signature)}`),
      ...mentioned([signature], linkOf),
      ...commentText(signature.comment, linkOf),
      ...listOf(
        (signature.parameters ?? []).filter(({ comment }) => comment),
        (parameter) => `\`${parameter.name}\`: ${textOf(parameter.comment.summary, linkOf)}`,
      ),
    ]);
  const head = {
    [ReflectionKind.Interface]: 'interface',
    [ReflectionKind.Class]: 'class',
    [ReflectionKind.TypeAlias]: 'type',
    [ReflectionKind.Variable]: 'const',
  }[kind];
  const members = (reflection.children ?? []).filter(
    ({ flags, inheritedFrom }) => !flags.isPrivate && !inheritedFrom,
  );
  const bases = (reflection.extendedTypes ?? []).map(typeText);
  const heading =
    kind === ReflectionKind.TypeAlias
      ? `type ${name}${genericsText(reflection.typeParameters)} = ${typeText(reflection.type)}`
      : kind === ReflectionKind.Variable
        ? `const ${name}: ${typeText(reflection.type)}`
        : `${head} ${name}${genericsText(reflection.typeParameters)}${bases.length ? ` extends ${bases.join(', ')}` : ''}`;
  return [
    ...code(heading),
    ...mentioned([reflection, ...members], linkOf),
    ...commentText(reflection.comment, linkOf),
    ...listOf(members, (member) => {
      const { comment } = member.signatures?.[0] ?? member.getSignature ?? member;
      const told = comment ?? member.type?.declaration?.signatures?.[0]?.comment ?? member.comment;
      const sentence = told ? commentText(told, linkOf).join(' ').replace(/\s+/g, ' ').trim() : '';
      return `\`${memberText(member)}\`${sentence ? `<br>${sentence}` : ''}`;
    }),
  ];
}

/** Links to the documented types that signatures mention. */
function mentioned(reflections, linkOf) {
  const found = new Map();
  const visit = (value, depth) => {
    if (typeof value !== 'object' || value === null || depth > 8) return;
    if (Array.isArray(value)) for (const each of value) visit(each, depth);
    else if (value.type === 'reference') {
      const link = value.reflection && linkOf(value.reflection);
      if (link) found.set(value.name, link);
      visit(value.typeArguments, depth + 1);
    } else
      for (const key of [
        'type',
        'types',
        'elementType',
        'elements',
        'target',
        'declaration',
        'signatures',
        'parameters',
        'children',
        'extendedTypes',
        'typeParameters',
        'getSignature',
        'templateType',
        'element',
      ])
        if (typeof value[key] === 'object') visit(value[key], depth + 1);
  };
  for (const reflection of reflections) visit(reflection, 0);
  const links = [...found].map(([name, link]) => `[${name}](${link})`);
  return links.length === 0 ? [] : [`<small>${links.join(' · ')}</small>`, ''];
}

/** The first sentence of what a reflection says of itself. */
export function summaryOf(reflection, linkOf) {
  const { comment } = reflection.signatures?.[0] ?? reflection;
  if (!comment) return '';
  const [first] = textOf(comment.summary, linkOf).split('\n\n');
  // Not after an abbreviation, as in `eq. 3` and `et al. 2014`.
  const sentence = /^[\s\S]*?(?<!\b(?:al|eq|e\.g|i\.e))\.(?=\s+[\p{Lu}`]|\s*$)/u.exec(first)?.[0] ?? first;
  return sentence.replace(/\s+/g, ' ').replace(/\|/g, '\\|');
}

function commentText(comment, linkOf) {
  if (!comment) return [];
  const told = (tag, words) =>
    (comment.blockTags ?? [])
      .filter((each) => each.tag === tag)
      .flatMap(({ content }) => [`${words}${textOf(content, linkOf)}`, '']);
  return [
    textOf(comment.summary, linkOf),
    '',
    ...told('@returns', 'Returns '),
    ...told('@throws', '**Throws** '),
    ...told('@example', ''),
  ];
}

function listOf(items, line) {
  return items.length === 0 ? [] : [...items.map((item) => `- ${line(item).replace(/\n/g, '\n  ')}`), ''];
}

function code(text) {
  return ['```ts', text, '```', ''];
}

function textOf(parts, linkOf) {
  const text = parts.map((part) => {
    if (part.kind !== 'inline-tag') return part.text;
    const link = typeof part.target === 'object' && linkOf(part.target);
    return link ? `[\`${part.text}\`](${link})` : `\`${part.text}\``;
  });
  return escapeVue(text.join('')).trim();
}

/** Markdown in which Vue sees no tags and no expressions; fences, indented lines and code spans stay. */
export function escapeVue(markdown) {
  return markdown
    .split(/(^(?:```|~~~)[\s\S]*?^(?:```|~~~)[^\n]*$|^(?: {4}|\t).*$|`+[^`]*`+)/m)
    .map((piece, i) =>
      i % 2 === 1 ? piece : piece.replace(/</g, '&lt;').replace(/\{\{/g, '{<span></span>{'),
    )
    .join('');
}
