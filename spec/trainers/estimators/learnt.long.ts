import '../../support/long.ts';
import './learnt.spec.ts';
