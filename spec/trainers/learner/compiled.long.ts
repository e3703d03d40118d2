import '../../support/long.ts';
import './compiled.spec.ts';
