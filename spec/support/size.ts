let isLong = false;

/** Makes `size` return the long size in every spec that is loaded from now on. `./long.ts` calls it. */
export function goLong(): void {
  isLong = true;
}

/**
 * How much a test does: `usual` in `npm test`, `long` in `npm run test:long`. A spec that calls it has a file
 * beside it, `name.long.ts`, with two lines: `import '../support/long.ts'; import './name.spec.ts';`.
 */
export function size<T>(usual: T, long: T): T {
  return isLong ? long : usual;
}
