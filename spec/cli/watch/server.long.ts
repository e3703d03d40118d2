import '../../support/long.ts';
import './server.spec.ts';
