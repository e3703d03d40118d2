import '../../support/long.ts';
import './grow.spec.ts';
