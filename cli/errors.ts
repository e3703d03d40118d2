import { ConfigurationError, DataError, NorewindError, UsageError } from '../lib/index.ts';

/** Work that began and could not be finished. Exit code 1. */
export class FailedError extends NorewindError {}

/** A number of a run became infinite; the run is over and its files are whole. Exit code 1. */
export class DivergedError extends FailedError {}

/** Another process has taken the run's folder, whose contents are now its own. Exit code 1. */
export class LostFolderError extends FailedError {}

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

export function exitCodeOf(error: unknown): number {
  const isInput =
    error instanceof UsageError || error instanceof ConfigurationError || error instanceof DataError;
  return isInput ? exitCodes.usage : exitCodes.failed;
}

/** The error on one line. */
export function sentenceOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
  return error instanceof NorewindError ? text : `unexpected error, a defect of norewind: ${text}`;
}

/** The sentence for a file system error. */
export function fileProblem(action: string, path: string, error: unknown): string {
  const code = (error as { code?: string }).code ?? '';
  return `cannot ${action} ${path}: ${reasons[code] ?? (error instanceof Error ? error.message : String(error))}`;
}

/** Whether a file system error says that there is no room left. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as { code?: string }).code ?? '');
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  ENXIO: 'it is a socket, or a device that is not there',
  ENOTPLAIN: 'it is a pipe, a socket or a device, not a plain file',
  EEXIST: 'it already exists',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links lead in a circle',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};
