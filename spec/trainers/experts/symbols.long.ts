import '../../support/long.ts';
import './symbols.spec.ts';
