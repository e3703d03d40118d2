import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FailedError, fileProblem } from '../errors.ts';
import { openFolder } from '../training/folder.ts';
import { type Content, encodeEvent } from './event.ts';
import { frameRecord } from './record.ts';

/** The metrics of a session in TensorBoard's format. */
export interface EventFile {
  /** @throws UsageError or FailedError if it cannot be written. */
  append(step: number, scalars: Readonly<Record<string, number>>): void;
  close(): void;
}

const folderName = 'tensorboard';
/** TensorBoard reads files with `tfevents` in their name, in the order of the names. */
const pattern = /^events\.out\.tfevents\.(\d{10})\.norewind$/;

/**
 * A new file in the run's folder `tensorboard`, after those of earlier sessions. It is created at the first
 * write.
 * @param step the first step that may be written; from there on earlier sessions are void.
 */
export function createEventFile(runFolder: string, step: number): EventFile {
  let file: number | undefined;
  let path = '';
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new FailedError(fileProblem('write', path, error));
    }
  };
  function write(to: number, at: number, content: Content): void {
    const bytes = frameRecord(encodeEvent(Date.now() / 1000, at, content));
    for (let done = 0; done < bytes.length; ) done += attempt(() => writeSync(to, bytes, done));
  }
  function open(): number {
    path = join(openFolder(join(runFolder, folderName)).path, nextName(runFolder));
    const opened = attempt(() => openSync(path, 'wx'));
    write(opened, 0, { kind: 'version' });
    write(opened, step, { kind: 'start' });
    return opened;
  }
  return {
    append(at, scalars) {
      file ??= open();
      write(file, at, { kind: 'scalars', scalars });
    },
    close: () => void (file !== undefined && closeSync(file)),
  };
}

/** Named by the current time, or just after the latest file if that is not older. */
function nextName(runFolder: string): string {
  const numbers = eventFiles(join(runFolder, folderName)).map((name) => Number(pattern.exec(name)?.[1]));
  const number = Math.max(Math.floor(Date.now() / 1000), ...numbers.map((each) => each + 1));
  return `events.out.tfevents.${String(number).padStart(10, '0')}.norewind`;
}

/** The event files of a run, as paths relative to its folder. */
export function eventFilesOf(runFolder: string): string[] {
  return eventFiles(join(runFolder, folderName)).map((name) => join(folderName, name));
}

function eventFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => pattern.test(name));
  } catch {
    return [];
  }
}
