import '../support/long.ts';
import './vmap.spec.ts';
