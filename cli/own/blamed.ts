import {
  ConfigurationError,
  DataError,
  DTypeError,
  IndexError,
  NorewindError,
  ShapeError,
  TreeError,
  UsageError,
} from '../../lib/index.ts';
import { isFileName } from '../../trainers/registry/index.ts';
import { FailedError } from '../errors.ts';
import type { Wish } from '../experiments/config.ts';
import { ownParts } from './isCode.ts';
import { lineIn } from './place.ts';

const told = [UsageError, ConfigurationError, DataError, FailedError];
const unfit = [ShapeError, DTypeError, IndexError, TreeError];

/** The error, or one that names the file of the user's that threw it. */
export function blamed(error: unknown, wish: Wish): unknown {
  if (!(error instanceof Error) || told.some((kind) => error instanceof kind)) return error;
  const files = [wish.experiment, ...ownParts.map((part) => wish[part]?.name)].filter(isFileName).map(String);
  for (const file of files) {
    const line = lineIn(error, file);
    if (line === undefined) continue;
    const kind = error instanceof NorewindError ? '' : `${error.name}: `;
    return new FailedError(`${file}, line ${line}: ${kind}${error.message}`, { cause: error });
  }
  // The learner refuses an example that does not fit when the task has yielded it.
  return isFileName(wish.experiment) && unfit.some((kind) => error instanceof kind)
    ? new FailedError(`${wish.experiment}: an example of the task does not fit: ${error.message}`, {
        cause: error,
      })
    : error;
}
