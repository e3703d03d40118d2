import { ConfigurationError, DataError, NorewindError, UsageError } from '../../lib/index.ts';
import { isFileName } from '../../trainers/registry/index.ts';
import { FailedError } from '../errors.ts';
import type { Wish } from '../experiments/config.ts';
import { ownParts } from './isCode.ts';
import { lineIn } from './place.ts';

/** The error, or one that names the file of the user's that threw it. */
export function blamed(error: unknown, wish: Wish): unknown {
  const isTold = [UsageError, ConfigurationError, DataError, FailedError].some(
    (kind) => error instanceof kind,
  );
  if (!(error instanceof Error) || isTold) return error;
  const files = [wish.experiment, ...ownParts.map((part) => wish[part]?.name)].filter(isFileName).map(String);
  for (const file of files) {
    const line = lineIn(error, file);
    if (line === undefined) continue;
    const kind = error instanceof NorewindError ? '' : `${error.name}: `;
    return new FailedError(`${file}, line ${line}: ${kind}${error.message}`, { cause: error });
  }
  return error;
}
