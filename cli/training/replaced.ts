import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FailedError, fileProblem } from '../errors.ts';

/** Files of a run that another one takes the place of: they stand aside until it has come to something. */
export interface Replaced {
  /** Puts them back where they were. */
  restore(): void;
  /** Removes them. */
  drop(): void;
}

const asideName = 'replaced';

/**
 * Sets files of a folder aside, in a folder of its own within it. Where one is there already, a run that was to replace these files was
 * killed before it came to anything: they stay there, and what that run has left is removed.
 * @param names relative to the folder; those that do not exist are left out.
 * @throws FailedError when the folder cannot be changed, and so do the calls of what it gives.
 */
export function setAside(folder: string, names: readonly string[]): Replaced {
  const aside = join(folder, asideName);
  const isKept = existsSync(aside);
  for (const name of new Set(names)) {
    if (!existsSync(join(folder, name))) continue;
    if (isKept) changed(join(folder, name), () => rmSync(join(folder, name), { force: true }));
    else move(join(folder, name), join(aside, name));
  }
  return {
    restore() {
      for (const name of filesIn(aside)) move(join(aside, name), join(folder, name));
      dropReplaced(folder);
    },
    drop: () => dropReplaced(folder),
  };
}

/** Removes what stands aside in a folder. */
export function dropReplaced(folder: string): void {
  const aside = join(folder, asideName);
  changed(aside, () => rmSync(aside, { recursive: true, force: true }));
}

function move(from: string, to: string): void {
  changed(from, () => {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  });
}

/** Relative to the folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)).map((name) => join(entry.name, name)) : [entry.name],
  );
}

function changed(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new FailedError(fileProblem('move or remove', path, error));
  }
}
