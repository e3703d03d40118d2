import '../../support/long.ts';
import './eprop.spec.ts';
