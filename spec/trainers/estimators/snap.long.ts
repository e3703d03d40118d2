import '../../support/long.ts';
import './snap.spec.ts';
