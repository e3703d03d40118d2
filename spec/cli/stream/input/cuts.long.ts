import '../../../support/long.ts';
import './cuts.spec.ts';
