import '../support/long.ts';
import './programs.spec.ts';
