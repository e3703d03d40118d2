import '../../support/long.ts';
import './memory.spec.ts';
