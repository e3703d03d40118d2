/** Programs to begin with. */
export const examples = {
  derivatives: `import { grad, hessian, jvp, mul, sin, sum, tensor, type Tensor } from 'norewind';

// f(x) = Σ x sin x, and its derivatives by forward and reverse mode.
const f = (x: Tensor) => sum(mul(x, sin(x)));
const x = tensor([0.5, 1, 2]);

console.log('gradient', grad(f)(x).toArray());
console.log('along (1, 0, 0)', jvp(f, [x], [tensor([1, 0, 0])])[1].item());
console.log('second derivatives', hessian(f)(x).toArray());
`,
  training: `import { adam, anbn, createLearner, crossEntropy, gru, linear, model, rtrl, tbptt, uoro } from 'norewind';

// Counting: n times a, then n times b. What follows is known only to who remembers n.
const task = anbn({ max: 6 });
for (const estimator of [rtrl(), uoro(), tbptt({ window: 4 })]) {
  const learner = createLearner({
    model: model({ cell: gru({ inputs: task.symbols, units: 6 }), readout: linear({ outputs: task.symbols }) }),
    loss: crossEntropy,
    estimator,
    optimizer: adam({ rate: 0.01 }),
    seed: 1,
  });
  let bits = 0;
  for (const { input, target } of task) {
    const { loss } = learner.step(input, target);
    bits += (loss / Math.LN2 - bits) / Math.min(learner.steps, 1000);
    if (learner.steps % 5000 === 0) console.log(\`\${estimator.name}: \${bits.toFixed(3)} bits a symbol\`);
    if (learner.steps === 20_000) break;
  }
}
console.log(\`at best \${task.entropyRate.toFixed(3)}\`);
`,
  picture: `import { createLearner, linear, meanSquare, model, rnn, rtrl, sgd, tensor } from 'norewind';
import { plot } from 'norewind/plot';

// The next value of a wave, at two rates. A picture that is printed is shown.
const losses: Record<string, number[]> = {};
for (const rate of [0.01, 0.05]) {
  const learner = createLearner({
    model: model({ cell: rnn({ inputs: 1, units: 8 }), readout: linear({ outputs: 1 }) }),
    loss: meanSquare,
    estimator: rtrl(),
    optimizer: sgd({ rate }),
    seed: 1,
  });
  const own: number[] = [];
  for (let t = 0; t < 3000; t++)
    own.push(learner.step(tensor([Math.sin(t / 5)]), tensor([Math.sin((t + 1) / 5)])).loss);
  losses[\`rate \${rate}\`] = own;
}
console.log(plot(losses, { y: 'squared error', yScale: 'log' }));
`,
} as const;
