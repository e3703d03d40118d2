import { fromData, type Tensor, zeros } from '../../../lib/index.ts';

/** A place in JSON, from the top. */
export type Place = readonly (string | number)[];

/** Values that JSON has no literal for; written as a text and replaced in the whole. */
const literals: Readonly<Record<string, string>> = {
  '"@infinity"': '1e999',
  '"@deep"': `${'['.repeat(5000)}${']'.repeat(5000)}`,
};

/** Values that can stand in the place of another one. */
const others: Readonly<Record<string, unknown>> = {
  null: null,
  'a number': 3,
  'a negative number': -1,
  'a fraction': 0.5,
  'a number beyond 2^53': 2 ** 53,
  infinity: '@infinity',
  'a text': 'text',
  'a flag': true,
  'an empty list': [],
  'an empty record': {},
  'a list of records': [{}, {}],
  'a deep nest': '@deep',
  'a tensor that is not there': { $tensor: 'nothing' },
  'a tensor by number': { $tensor: 3 },
};

/** All places in a value, the top left out; what refers to a tensor is one. */
export function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null || '$tensor' in value) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, part]) => [[...place, key], ...placesIn(part, [...place, key])]);
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce((part, key) => (part as Record<string, unknown>)[key], value);
}

/**
 * Copies of a description, each with one thing changed at a place, by what was changed.
 * @param tensors their names.
 */
export function* changesAt(
  description: object,
  place: Place,
  tensors: readonly string[],
): Generator<[string, string]> {
  const own = valueAt(description, place);
  const parentOf = (copy: object) => valueAt(copy, place.slice(0, -1)) as Record<string, unknown>;
  const key = place[place.length - 1];
  const changed = (change: (parent: Record<string, unknown>) => void) => {
    const copy = structuredClone(description);
    change(parentOf(copy));
    let text = JSON.stringify(copy);
    for (const [mark, literal] of Object.entries(literals)) text = text.replace(mark, () => literal);
    return text;
  };
  yield [
    'is removed',
    changed((parent) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    }),
  ];
  for (const [what, value] of Object.entries(others))
    yield [`is ${what}`, changed((parent) => void Object.assign(parent, { [key]: value }))];
  if (typeof own === 'object' && own !== null && !('$tensor' in own)) {
    yield [
      'has an entry more',
      changed(
        (parent) =>
          void Object.assign(parent[key] as object, { [Array.isArray(own) ? own.length : 'more']: 1 }),
      ),
    ];
    const parts = Object.keys(own);
    if (parts.length > 1)
      yield [
        'has two parts swapped',
        changed((parent) => {
          const part = parent[key] as Record<string, unknown>;
          [part[parts[0]], part[parts[1]]] = [part[parts[1]], part[parts[0]]];
        }),
      ];
  }
  if (typeof own === 'object' && own !== null && '$tensor' in own) {
    const at = tensors.indexOf(String(own.$tensor));
    for (const step of [1, 2, 5]) {
      const name = tensors[(at + step) % tensors.length];
      yield [
        `is the tensor ${name}`,
        changed((parent) => void Object.assign(parent, { [key]: { $tensor: name } })),
      ];
    }
    yield [
      'is a tensor with more',
      changed((parent) => void Object.assign(parent, { [key]: { ...own, more: 1 } })),
    ];
  }
  if (typeof own === 'number')
    yield ['is one more', changed((parent) => void Object.assign(parent, { [key]: own + 1 }))];
}

/** Tensors that can stand in the place of one, by what they are. */
export function* otherTensors(x: Tensor, huge: boolean): Generator<[string, Tensor]> {
  const data = x.toNdarray().data as Float32Array;
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    if (x.dtype === 'int32' || data.length === 0) continue;
    const copy = data.slice();
    copy[copy.length - 1] = value;
    yield [`has ${value}`, fromData(copy, [...x.shape])];
  }
  for (const dtype of ['float32', 'float64', 'int32'] as const)
    if (dtype !== x.dtype) yield [`is ${dtype}`, zeros([...x.shape], { dtype })];
  for (const shape of [
    [],
    [0],
    [...x.shape, 1],
    [1, ...x.shape],
    x.shape.map((length) => length + 1),
    x.shape.toReversed(),
  ])
    if (shape.join() !== x.shape.join()) yield [`has the shape [${shape}]`, zeros(shape, { dtype: x.dtype })];
  if (x.dtype === 'int32' || !huge) return;
  yield [
    'is huge',
    fromData(
      data.map((_, i) => (i % 2 === 0 ? 1e30 : -1e30)),
      [...x.shape],
    ),
  ];
}
