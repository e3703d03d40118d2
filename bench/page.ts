import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './options.ts';
import { digits, type Machine, markdown, type Table } from './report.ts';
import { packageRoot } from './root.ts';

/** A file of bench/results, as a run of one group writes it. */
export interface Results {
  readonly machine: Machine;
  readonly tables: readonly Table[];
}

/**
 * A page from its template: {{table group}} is the table of a group, {{machine group}} what it ran on, and
 * {{behind}} the cases in which another library is faster.
 * @throws UsageError for a placeholder without results.
 */
export function pageOf(template: string, resultsOf: (group: string) => Results): string {
  const fills: Readonly<Record<string, (group: string) => string>> = {
    table: (group) => resultsOf(group).tables.map(withoutTitle).join('\n'),
    machine: (group) => {
      const { cpu, cores, node } = resultsOf(group).machine;
      return `${cpu}, ${cores} cores, Node ${node}`;
    },
    behind: () => resultsOf('libraries').tables.map(behind).join('\n'),
  };
  return template.replace(/\{\{(\w+) ?([\w-]*)\}\}/g, (whole, fill: string, group: string) => {
    if (!Object.hasOwn(fills, fill))
      throw new UsageError(
        `page: the template has ${whole}, which is none of ${Object.keys(fills).join(', ')}`,
      );
    return fills[fill](group);
  });
}

/** The results that are committed. @throws UsageError for a group without any. */
export function committed(group: string): Results {
  const path = join(packageRoot(), 'bench', 'results', `${group}.json`);
  if (!existsSync(path))
    throw new UsageError(
      `page: there are no results of ${group}; npm run bench -- ${group} --out bench/results/${group}.json`,
    );
  return JSON.parse(readFileSync(path, 'utf8')) as Results;
}

/** docs/performance.md as it is generated. */
export function performancePage(): string {
  const template = readFileSync(join(packageRoot(), 'bench', 'page-template.txt'), 'utf8');
  return pageOf(template, committed);
}

export function writePage(): void {
  writeFileSync(join(packageRoot(), 'docs', 'performance.md'), performancePage());
}

function withoutTitle(table: Table): string {
  return markdown(table).split('\n').slice(2).join('\n').trimEnd();
}

/** A line for each case in which another contestant takes less time than norewind. */
function behind({ rows }: Table): string {
  const lines: string[] = [];
  let name = '';
  for (const [first, library, , ratio] of rows) {
    if (first !== '') name = String(first);
    const share = Number.parseFloat(String(ratio));
    if (share < 1) lines.push(`* ${name}: ${library} takes ${digits(share)} of the time of norewind.`);
  }
  return lines.length === 0 ? 'In no case.' : lines.join('\n');
}
