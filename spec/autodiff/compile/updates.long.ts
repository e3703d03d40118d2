import '../../support/long.ts';
import './updates.spec.ts';
