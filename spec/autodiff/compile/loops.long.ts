import '../../support/long.ts';
import './loops.spec.ts';
