import '../../support/long.ts';
import './kronecker.spec.ts';
