import '../support/long.ts';
import './trainHostile.spec.ts';
