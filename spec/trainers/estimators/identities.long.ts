import '../../support/long.ts';
import './identities.spec.ts';
