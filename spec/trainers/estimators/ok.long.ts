import '../../support/long.ts';
import './ok.spec.ts';
