import '../../support/long.ts';
import './kernels.spec.ts';
