import '../support/long.ts';
import './influenceBalancing.spec.ts';
