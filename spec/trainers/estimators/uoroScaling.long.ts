import '../../support/long.ts';
import './uoroScaling.spec.ts';
