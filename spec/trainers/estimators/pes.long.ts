import '../../support/long.ts';
import './pes.spec.ts';
