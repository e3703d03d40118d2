import { expect } from 'chai';
import fc from 'fast-check';
import ndarray from 'ndarray';
import {
  alignLeaves,
  labelTree,
  leavesOf,
  mapTree,
  ones,
  pathsOf,
  rebuild,
  sameStructure,
  Tensor,
  type Tree,
  TreeError,
  tensor,
  zeros,
  zipTrees,
} from '../../lib/index.ts';

const keys = fc.oneof(
  fc.constantFrom('w', 'b', '0', '__proto__', 'constructor', 'toString', 'a.b'),
  fc.string({ maxLength: 3 }),
);

const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.integer().map((value) => tensor(value)),
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(keys, tie('tree')), { maxLength: 3, selector: ([key]) => key })
      .map((entries) => record(entries)),
  ),
})).tree;

/** A record with these entries as own properties, including `__proto__`. */
function record(entries: readonly (readonly [string, Tree])[]): Tree {
  const made: Record<string, Tree> = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true });
  return made;
}

const untyped = (value: unknown) => value as Tree;

describe('tree', () => {
  it('rebuild undoes leavesOf', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const leaves = leavesOf(tree);
        const again = rebuild(tree, leaves);
        expect(sameStructure(tree, again)).to.equal(true);
        const found = leavesOf(again);
        expect(found.length).to.equal(leaves.length);
        for (let i = 0; i < found.length; i++) expect(found[i]).to.equal(leaves[i]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('mapTree and pathsOf visit the leaves in the order of leavesOf', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const visited: [Tensor, string][] = [];
        mapTree(tree, (leaf, path) => {
          visited.push([leaf, path]);
          return leaf;
        });
        expect(visited.map(([leaf]) => leaf)).to.have.ordered.members(leavesOf(tree));
        expect(visited.map(([, path]) => path)).to.deep.equal(pathsOf(tree).map((leaf) => leaf.path));
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('aligns a tree with itself, and keeps missing parts missing', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        expect(alignLeaves(tree, tree, 'jvp')).to.have.ordered.members(leavesOf(tree));
        const nothing = leavesOf(tree).map(() => undefined);
        expect(alignLeaves(tree, undefined, 'jvp')).to.deep.equal(nothing);
        if (!(tree instanceof Tensor))
          expect(alignLeaves(tree, Array.isArray(tree) ? [] : {}, 'jvp')).to.deep.equal(nothing);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('names leaves by path', () => {
    const tree = { update: { w: ones([2]), b: ones([]) }, layers: [zeros([1]), { h: zeros([3]) }] };
    expect(pathsOf(tree).map((leaf) => leaf.path)).to.deep.equal([
      'update.w',
      'update.b',
      'layers[0]',
      'layers[1].h',
    ]);
    expect(pathsOf(tree, 'params')[0].path).to.equal('params.update.w');
    expect(pathsOf(ones([])).map((leaf) => leaf.path)).to.deep.equal(['']);
    labelTree(tree, 'params');
    expect(tree.layers[1]).to.have.nested.property('h.label', 'params.layers[1].h');
    labelTree(tree, 'other');
    expect(tree.update.w.label).to.equal('params.update.w');
  });

  it('keeps __proto__ as an entry', () => {
    const tree = record([['__proto__', tensor(1)]]);
    const copy = mapTree(tree, (leaf) => leaf);
    expect(Object.keys(copy)).to.deep.equal(['__proto__']);
    expect(Object.getPrototypeOf(copy)).to.equal(Object.prototype);
  });

  it('does not find missing parts on the prototype', () => {
    const like = { constructor: ones([]), toString: ones([2]) } as unknown as Tree;
    expect(alignLeaves(like, {}, 'jvp')).to.deep.equal([undefined, undefined]);
  });

  it('zips leaf by leaf, whatever the order of the keys', () => {
    const sum = zipTrees(
      { a: tensor(1), b: [tensor(2)] },
      { b: [tensor(20)], a: tensor(10) },
      (a, b, path) => tensor([a.item(), b.item(), path.length]),
      'add',
    );
    expect(sum.a.toArray()).to.deep.equal([1, 10, 1]);
    expect(sum.b[0].toArray()).to.deep.equal([2, 20, 4]);
  });

  it('names the place where two trees differ', () => {
    const like = { a: ones([]), b: [ones([]), ones([])] };
    for (const [tree, message] of [
      [{ a: ones([]), c: ones([]) }, 'jvp: unexpected entry t.c'],
      [{ b: [ones([]), ones([]), ones([])] }, 'jvp: unexpected entry t.b[2]'],
      [{ a: [ones([])] }, 'jvp: a tensor is needed at t.a, got an array of 1'],
      [{ b: { 0: ones([]) } }, 'jvp: an array of 2 is needed at t.b, got a record'],
      [[ones([])], 'jvp: a record is needed at t, got an array of 1'],
      [ones([]), 'jvp: a record is needed at t, got a tensor'],
      [{ a: 3 }, 'jvp: a tensor is needed at t.a, got the number 3'],
      [new Map(), 'jvp: a record is needed at t, got a Map'],
    ] as const)
      expect(() => alignLeaves(like, tree, 'jvp', 't')).to.throw(TreeError, message);
    expect(() => zipTrees(like, { a: ones([]), b: [ones([])] }, (a) => a, 'add')).to.throw(
      TreeError,
      'add: nothing at b[1]',
    );
  });

  it('refuses non-trees, and says where they are', () => {
    for (const [tree, message] of [
      [{ a: { b: 3 } }, 'the number 3 at a.b is not a tree'],
      [[undefined], 'nothing at [0] is not a tree'],
      [{ a: new Map() }, 'a Map at a is not a tree'],
      [[new Float64Array(2)], 'a Float64Array at [0] is not a tree'],
      [
        [1, 2],
        'the number 1 at [0] is not a tree: use tensors, and arrays or records of them; tensor(…) makes one of numbers',
      ],
      [ndarray(new Float64Array(2)), 'records of them; tensor(…) makes one of numbers'],
      [null, 'at the top is not a tree'],
    ] as const) {
      expect(() => leavesOf(untyped(tree))).to.throw(TreeError, message);
      expect(() => mapTree(untyped(tree), (leaf) => leaf)).to.throw(TreeError, message);
    }
    expect(() => alignLeaves(untyped({ a: 3 }), { a: ones([]) }, 'jvp', 't')).to.throw(TreeError, 't.a');
  });

  it('rebuild requires the exact number of leaves', () => {
    const like = { a: ones([]), b: ones([]) };
    expect(() => rebuild(like, [ones([])])).to.throw(TreeError, 'rebuild: a tree with 2 leaves is given 1');
    expect(() => rebuild(like, [ones([]), ones([]), ones([])])).to.throw(TreeError, 'given 3');
  });

  it('sameStructure compares nesting and keys, not shapes', () => {
    expect(sameStructure({ a: ones([2]) }, { a: zeros([3, 1]) })).to.equal(true);
    expect(sameStructure({ a: ones([2]) }, { b: ones([2]) })).to.equal(false);
    expect(sameStructure([ones([])], { 0: ones([]) })).to.equal(false);
    expect(sameStructure([ones([])], ones([]))).to.equal(false);
    expect(sameStructure([ones([])], [ones([]), ones([])])).to.equal(false);
  });
});
