import '../../../support/long.ts';
import './mutants.spec.ts';
