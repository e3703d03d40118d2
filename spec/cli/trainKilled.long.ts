import '../support/long.ts';
import './trainKilled.spec.ts';
