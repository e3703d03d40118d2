import '../../support/long.ts';
import './diagonal.spec.ts';
