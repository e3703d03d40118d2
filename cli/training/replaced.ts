import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FailedError, fileProblem } from '../errors.ts';

/** Files of a run that another run replaces, set aside until the new one has learnt something. */
export interface Replaced {
  /** Puts them back. */
  restore(): void;
  /** Removes them. */
  drop(): void;
}

const asideName = 'replaced';

/**
 * Sets files aside in a subfolder. If there is one already, a replacing run was killed before it learnt
 * anything: the files in it stay, and those of the killed run are removed.
 * @param names relative to the folder; missing ones are skipped.
 * @throws FailedError if the folder cannot be changed; so do the returned functions.
 */
export function setAside(folder: string, names: readonly string[]): Replaced {
  const aside = join(folder, asideName);
  const isKept = existsSync(aside);
  for (const name of new Set(names)) {
    if (!existsSync(join(folder, name))) continue;
    if (isKept)
      changed(join(folder, name), () => rmSync(join(folder, name), { recursive: true, force: true }));
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

/** Removes the files set aside in a folder. */
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
    entry.isDirectory()
      ? filesIn(join(folder, entry.name)).map((name) => join(entry.name, name))
      : [entry.name],
  );
}

function changed(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new FailedError(fileProblem('move or remove', path, error));
  }
}
