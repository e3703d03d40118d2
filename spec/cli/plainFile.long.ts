import '../support/long.ts';
import './plainFile.spec.ts';
