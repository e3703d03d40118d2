import '../../support/long.ts';
import './cells.spec.ts';
