import '../support/long.ts';
import './trainFaults.spec.ts';
