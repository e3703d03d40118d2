import '../../support/long.ts';
import './primitives.spec.ts';
