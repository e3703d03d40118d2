import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type Fence, fencesOf } from './fences.ts';
import { createProject, root } from './project.ts';

/** A block of shell commands to run: `sh run`. */
export interface Commands {
  readonly script: Fence;
  /** The expected output: the `text` block after it, under the same heading. */
  readonly output: Fence | undefined;
}

export interface CommandsReport {
  /** Problems, as `page:line: sentence`. */
  readonly problems: readonly string[];
  /** The page with the actual output of its commands. */
  readonly rewritten: string;
}

export function commandsOf(markdown: string): Commands[] {
  const fences = fencesOf(markdown);
  return fences
    .filter(({ language, attributes }) => language === 'sh' && attributes.has('run'))
    .map((script) => ({
      script,
      output: fences.find((other) => other.language === 'text' && other.previous === script),
    }));
}

/**
 * Runs the `sh run` blocks of a page in order in one empty folder, like a reader who has installed norewind
 * there. Compares standard output by `isAlike`; every block must succeed (`|| echo "exit code $?"` shows a
 * failure).
 */
export function checkCommands(page: string, markdown: string): CommandsReport {
  const project = createProject();
  try {
    project.link('norewind', root);
    // npx itself would query the registry.
    const npx = project.write(
      'bin/npx',
      '#!/bin/sh\n[ "$1" = norewind ] && shift && exec "$NODE" "$MAIN" "$@"\n',
    );
    chmodSync(npx, 0o755);
    const env = {
      ...process.env,
      NODE: process.execPath,
      MAIN: join(root, 'dist', 'cli', 'main.js'),
      PATH: `${join(project.folder, 'bin')}:${process.env.PATH ?? ''}`,
    };
    const problems: string[] = [];
    const lines = markdown.split('\n');
    let moved = 0;
    for (const { script, output } of commandsOf(markdown)) {
      const { stdout, stderr, status } = spawnSync('sh', ['-e', '-c', script.text], {
        cwd: project.folder,
        env,
        encoding: 'utf8',
        timeout: 200_000,
      });
      if (status !== 0)
        problems.push(`${page}:${script.line}: ended with status ${status}: ${stderr.trim()}`);
      if (output === undefined) continue;
      const printed = stdout.trimEnd().replace(/[ \t]+$/gm, '');
      if (!isAlike(printed, output.text))
        problems.push(`${page}:${script.line}: printed\n${printed}\nwhere the page says\n${output.text}`);
      const [before, after] = [output.text, printed].map((text) => (text === '' ? [] : text.split('\n')));
      lines.splice(output.line + moved, before.length, ...after);
      moved += after.length - before.length;
    }
    return { problems, rewritten: lines.join('\n') };
  } finally {
    project.dispose();
  }
}

/**
 * Equal except for spacing and for decimal fractions, which may differ by a tenth: engines round normal draws
 * differently in the last place, which UORO at a high rate amplifies to the second digit.
 */
export function isAlike(one: string, other: string): boolean {
  const [words, others] = [one, other].map((text) => text.replace(/[ ─]+/g, ' ').split(/([^\w.+-]+)/));
  return (
    words.length === others.length && words.every((word, i) => word === others[i] || isNear(word, others[i]))
  );
}

function isNear(one: string, other: string): boolean {
  if (![one, other].every((word) => /^-?\d+\.\d+(e[+-]\d+)?$/.test(word))) return false;
  return (
    Math.abs(Number(one) - Number(other)) <= 0.1 * Math.max(Math.abs(Number(one)), Math.abs(Number(other)))
  );
}
