import '../../support/long.ts';
import './entries.spec.ts';
