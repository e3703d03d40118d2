const head = `import { add, fanIn, matmul, mul, project, tanh, zeros } from 'norewind';
`;

/** Cells to begin with; one of them is wrong. */
export const examples = {
  leaky: `${head}
// A leaky tanh network: h' = (1 - α) h + α tanh(w·x + u·h)
export const leaky = (inputs, units, alpha = 0.5) => ({
  name: 'leaky',
  outputs: units,
  init: (noise) => ({
    w: fanIn(units)(noise, [inputs, units]),
    u: fanIn(units)(noise, [units, units]),
  }),
  start: () => zeros([units]),
  step({ w, u }, h, x) {
    const next = add(mul(h, 1 - alpha), mul(tanh(add(project(x, w), matmul(u, h))), alpha));
    return { state: next, output: next };
  },
});
`,
  minimal: `import { add, fanIn, mul, project, sigmoid, sub, zeros } from 'norewind';

// A minimal gated unit without recurrent weights: h' = (1 - z) h + z w·x, z = σ(v·x)
export const minimal = (inputs, units) => ({
  name: 'minimal',
  outputs: units,
  init: (noise) => ({
    w: fanIn(inputs)(noise, [inputs, units]),
    v: fanIn(inputs)(noise, [inputs, units]),
  }),
  start: () => zeros([units]),
  step({ w, v }, h, x) {
    const z = sigmoid(project(x, v));
    const next = add(mul(sub(1, z), h), mul(z, project(x, w)));
    return { state: next, output: next };
  },
});
`,
  wrong: `${head}
// It keeps something between its steps, which no derivative can know.
let steps = 0;
export const wrong = (inputs, units) => ({
  name: 'wrong',
  outputs: units,
  init: (noise) => ({
    w: fanIn(units)(noise, [inputs, units]),
    u: fanIn(units)(noise, [units, units]),
  }),
  start: () => zeros([units]),
  step({ w, u }, h, x) {
    steps += 1;
    const next = tanh(add(mul(project(x, w), 1 / steps), matmul(u, h)));
    return { state: next, output: next };
  },
});
`,
} as const;
