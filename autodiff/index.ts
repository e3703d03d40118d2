export { type GradOptions, grad, valueAndGrad, vjp } from './grad.ts';
export { hessian, hvp, type Jacobian, jacfwd, jacrev } from './jacobian.ts';
export { jvp } from './jvp.ts';
export { type Linearization, linearize } from './linearize.ts';
export * from './operations/index.ts';
