import { guard } from '../../../lib/index.ts';

/** Requires lists of floats: others would round or truncate. */
export const floats: guard.Check = {
  what: 'a Float32Array or a Float64Array',
  holds: (value) => value instanceof Float32Array || value instanceof Float64Array,
};

export const aList: guard.Check = { what: 'an array or a typed array', holds: guard.isList };
