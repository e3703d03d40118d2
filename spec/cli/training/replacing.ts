import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Files = typeof fs;

/** Runs something with one of the calls of node:fs made otherwise. */
export function replaced<Name extends 'linkSync' | 'readFileSync' | 'readlinkSync' | 'renameSync'>(
  name: Name,
  make: (real: Files[Name]) => unknown,
) {
  return (work: () => void): void => {
    const real = fs[name];
    Object.assign(fs, { [name]: make(real) });
    syncBuiltinESMExports();
    try {
      work();
    } finally {
      Object.assign(fs, { [name]: real });
      syncBuiltinESMExports();
    }
  };
}
