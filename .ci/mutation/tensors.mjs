// Loaded into Stryker's process, whose own mutators know numbers but no tensors: changes of formulas that are written
// as calls of operations. Terms and factors are dropped, doubled, exchanged or scaled, signs are shared, and whole
// numbers and indices are off by one.
const installed = (path) => import(new URL(`./node_modules/${path}`, import.meta.url).href);
const { types } = (await installed('@babel/core/lib/index.js')).default;
const { allMutators } = await installed('@stryker-mutator/instrumenter/dist/src/mutators/mutate.js');
const { cloneNode: copy } = types;
const number = (value) => types.numericLiteral(value);
const call = (name, ...args) =>
  types.callExpression(
    types.identifier(name),
    args.map((arg) => copy(arg)),
  );
const scale = 1.15;

const sums = ['add', 'addTrees', 'addParts'];
const products = ['mul', 'scaleTree', 'matmul', 'outer', 'dot', 'dotTrees'];
/** Operations of which the order of the first two arguments matters, and those of which the first can stand alone. */
const ordered = ['sub', 'div', 'matmul', 'outer', 'greater', 'less', 'balance'];
const droppable = [
  'sub',
  'div',
  'mul',
  'scaleTree',
  'sqrt',
  'neg',
  'relu',
  'transpose',
  'unlessNew',
  'where',
];

const mutators = {
  *TensorTerm({ name, args: [a, b] }) {
    if (!sums.includes(name)) return;
    yield copy(a);
    yield copy(b);
    yield call(name, call(name, a, b), b);
  },
  *TensorFactor({ name, args, path }) {
    const [a, b, ...rest] = args;
    if (droppable.includes(name)) yield copy(name === 'where' ? b : a);
    if (ordered.includes(name) && b && !types.isNodesEquivalent(a, b)) yield call(name, b, a, ...rest);
    if (name === 'where') yield copy(rest[0]);
    if (!products.includes(name)) return;
    const by = name === 'scaleTree' || name.endsWith('Trees') ? 'scaleTree' : 'mul';
    if (name !== 'dotTrees' && path.scope.hasBinding(by)) yield call(by, path.node, number(scale));
  },
};

const others = {
  *SharedSigns(path) {
    if (!path.isCallExpression() || !types.isMemberExpression(path.node.callee)) return;
    const { object, property } = path.node.callee;
    if (property.name !== 'signs' && property.name !== 'normal') return;
    const drawn = types.memberExpression(
      types.logicalExpression('??', copy(object), copy(object)),
      types.identifier('shared'),
    );
    const all = types.assignmentExpression('??=', drawn, types.objectExpression([]));
    const place = types.memberExpression(all, copy(path.node.arguments[0]), true);
    yield types.assignmentExpression('??=', place, copy(path.node));
  },
  *OffByOne(path) {
    if (path.isNumericLiteral() && !path.parentPath.isTSLiteralType()) {
      const { value } = path.node;
      yield number(Number.isInteger(value) ? value + 1 : value * scale);
    }
    if (!path.isMemberExpression({ computed: true }) || !types.isIdentifier(path.node.property)) return;
    if (path.parentPath.isAssignmentExpression() && path.key === 'left') return;
    yield types.memberExpression(copy(path.node.object), number(0), true);
  },
};

for (const [name, changes] of Object.entries(mutators))
  allMutators.push({
    name,
    *mutate(path) {
      if (!path.isCallExpression() || !types.isIdentifier(path.node.callee)) return;
      yield* changes({ name: path.node.callee.name, args: path.node.arguments, path });
    },
  });
for (const [name, mutate] of Object.entries(others)) allMutators.push({ name, mutate });
