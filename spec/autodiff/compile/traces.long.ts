import '../../support/long.ts';
import './traces.spec.ts';
