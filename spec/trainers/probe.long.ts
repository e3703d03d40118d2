import '../support/long.ts';
import './probe.spec.ts';
