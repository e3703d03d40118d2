export { type CheckOptions, type CheckReport, checkDerivatives } from './check.ts';
export * from './compile/index.ts';
export { type CustomRule, custom } from './custom.ts';
export {
  type BilinearRule,
  type BinarySmooth,
  bilinear,
  type LinearRule,
  linear,
  smooth,
  type UnarySmooth,
} from './declare.ts';
export { type Dependencies, dependencies, partialDependencies } from './dependence/dependencies.ts';
export { type Dissection, dissect } from './dissect.ts';
export { dual, type Lifted, primal, tangent } from './dual-numbers.ts';
export { type GradOptions, grad, valueAndGrad, vjp } from './grad.ts';
export { hessian, hvp, type Jacobian, jacfwd, jacrev } from './jacobian.ts';
export { jvp } from './jvp.ts';
export { isUnderTransform } from './level.ts';
export { type Linearization, linearize } from './linearize.ts';
export * from './operations/index.ts';
export type { TensorType } from './primitive.ts';
export type { Site, SiteGroup, Sites } from './sites.ts';
export { type OpenBatch, vmap, withBatch } from './vmap.ts';
