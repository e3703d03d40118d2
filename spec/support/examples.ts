import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Example, examplesOf } from './fences.ts';
import { compileFiles, createProject, optimisesLate, readManifest, root, userOptions } from './project.ts';
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
    const runs: PageRun[] = [];
    for (const { page, examples, files, problems } of checked) {
      for (const complaint of complaints) {
        const at = files.indexOf(complaint.file);
        if (at >= 0)
          problems.push(
            `${page}:${examples[at].line + complaint.line}: does not compile: ${complaint.message}`,
          );
      }
      runs.push({
        page,
        modules: examples.flatMap((example, at) =>
          size(!example.isLong, true) ? [{ example, path: files[at].replace(/\.ts$/, '.js') }] : [],
        ),
        problems,
      });
    }
    // A process takes longer to start than most pages to run. In the long size, none sees what another left.
    for (const group of size(
      [runs],
      runs.map((run) => [run]),
    ))
      runPages(group, runner.replace(/\.ts$/, '.js'));
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

/** The blocks of a page that are run, and the problems found. */
interface PageRun {
  readonly page: string;
  readonly modules: readonly { readonly example: Example; readonly path: string }[];
  readonly problems: string[];
}

/** Runs pages in one process, and in another one from the page after that which ended it. */
function runPages(pages: readonly PageRun[], runner: string): void {
  const report = join(runner, '..', 'outcomes.json');
  for (let begin = 0; begin < pages.length; ) {
    const paths = pages.slice(begin).flatMap(({ modules }) => modules.map(({ path }) => path));
    if (paths.length === 0) return;
    rmSync(report, { force: true });
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--enable-source-maps', ...optimisesLate, runner, report, ...paths],
      { encoding: 'utf8', timeout: 200_000 },
    );
    const outcomes: Outcome[] = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
    let isCut = false;
    for (let read = 0; begin < pages.length && !isCut; begin++) {
      const { page, modules, problems } = pages[begin];
      for (const { example } of modules) {
        const outcome = outcomes.at(read++);
        isCut ||= outcome === undefined;
        problems.push(...judge(example, outcome).map((problem) => `${page}:${example.line}: ${problem}`));
      }
      if (status !== 0 && (isCut || begin === pages.length - 1))
        problems.push(`${page}: its examples ended with status ${status}: ${stderr.trim()}`);
    }
  }
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
