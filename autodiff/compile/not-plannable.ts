/** Why a program cannot become a plan; it runs with the reference kernels then. */
export class NotPlannable extends Error {}
