import '../../support/long.ts';
import './sweep.spec.ts';
