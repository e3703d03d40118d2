import '../../support/long.ts';
import './check.spec.ts';
