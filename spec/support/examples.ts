import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Example, examplesOf } from './fences.ts';
import { compileFiles, createProject, readManifest, root, userOptions } from './project.ts';
import type { Outcome } from './runExamples.ts';
import { size } from './size.ts';

/** The findings on one page: its number of examples, and problems, as `page:line: sentence`. */
export interface PageReport {
  readonly page: string;
  readonly examples: number;
  readonly problems: readonly string[];
}

/**
 * Type-checks every `ts` block of the pages, given as Markdown by name, and runs them: those that take long in
 * the long size alone.
 */
export function checkPages(pages: ReadonlyMap<string, string>): PageReport[] {
  const project = createProject();
  try {
    linkPackages(project.link);
    const runner = join(project.folder, 'runExamples.ts');
    copyFileSync(join(root, 'spec', 'support', 'runExamples.ts'), runner);
    const checked = [...pages].map(([page, markdown], at) => {
      const problems: string[] = [];
      const examples = extract(page, markdown, problems);
      const files = examples.map((example) => project.write(`page-${at}/${example.file}`, example.source));
      return { page, examples, files, problems };
    });
    const sources = checked.flatMap(({ files }) => files);
    const complaints =
      sources.length === 0 ? [] : compileFiles([runner, ...sources], userOptions, project.folder);
    for (const { page, examples, files, problems } of checked) {
      for (const complaint of complaints) {
        const at = files.indexOf(complaint.file);
        if (at >= 0)
          problems.push(
            `${page}:${examples[at].line + complaint.line}: does not compile: ${complaint.message}`,
          );
      }
      const run = examples.flatMap((example, at) =>
        size(!example.isLong, true) ? [{ example, file: files[at] }] : [],
      );
      if (run.length > 0) problems.push(...runPage(page, run, runner));
    }
    const elsewhere = complaints.filter(({ file }) => !sources.includes(file));
    const last = checked[checked.length - 1];
    last?.problems.push(...elsewhere.map(({ file, line, message }) => `${file}:${line}: ${message}`));
    return checked.map(({ page, examples, problems }) => ({ page, examples: examples.length, problems }));
  } finally {
    project.dispose();
  }
}

/**
 * Links norewind, as installed by a reader, and the other packages of the checkout, which examples may
 * import.
 */
function linkPackages(link: (name: string, from?: string) => void): void {
  const { name, dependencies, devDependencies } = readManifest();
  link(name, root);
  for (const other of Object.keys({ ...dependencies, ...devDependencies })) link(other);
}

function extract(page: string, markdown: string, problems: string[]): Example[] {
  try {
    return examplesOf(markdown);
  } catch (error) {
    problems.push(`${page}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function runPage(
  page: string,
  run: readonly { readonly example: Example; readonly file: string }[],
  runner: string,
): string[] {
  const report = run[0].file.replace(/[^/\\]*$/, 'outcomes.json');
  const modules = [runner, report, ...run.map(({ file }) => file)].map((file) =>
    file.replace(/\.ts$/, '.js'),
  );
  const { stderr, status } = spawnSync(process.execPath, ['--enable-source-maps', ...modules], {
    cwd: join(report, '..'),
    encoding: 'utf8',
    timeout: 200_000,
  });
  const outcomes: (Outcome | undefined)[] = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : [];
  const problems = run.flatMap(({ example }, at) =>
    judge(example, outcomes[at]).map((problem) => `${page}:${example.line}: ${problem}`),
  );
  if (status !== 0) problems.push(`${page}: its examples ended with status ${status}: ${stderr.trim()}`);
  return problems;
}

function judge(example: Example, outcome: Outcome | undefined): string[] {
  if (outcome === undefined) return ['was not run to its end'];
  const problems: string[] = [];
  const { error } = outcome;
  if (example.error === undefined && error !== undefined)
    problems.push(`threw ${error.stack || error.message}`);
  if (example.error !== undefined && error?.name !== example.error)
    problems.push(
      `must throw ${example.error}, but ${error === undefined ? 'threw nothing' : `threw ${error.name}: ${error.message}`}`,
    );
  if (example.output !== undefined) {
    // A failing example ends in the message that its reader sees.
    const printed = tidy(outcome.output + (error === undefined ? '' : `${error.name}: ${error.message}`));
    if (printed !== tidy(example.output))
      problems.push(`printed\n${indent(printed)}\nwhere the page says\n${indent(tidy(example.output))}`);
  }
  return problems;
}

function tidy(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  return lines.join('\n').trimEnd();
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
