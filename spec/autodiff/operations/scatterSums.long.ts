import '../../support/long.ts';
import './scatterSums.spec.ts';
