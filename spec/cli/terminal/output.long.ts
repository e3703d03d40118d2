import '../../support/long.ts';
import './output.spec.ts';
