import '../../support/long.ts';
import './causes.spec.ts';
