import '../../support/long.ts';
import './sums.spec.ts';
