import '../../support/long.ts';
import './specialValues.spec.ts';
