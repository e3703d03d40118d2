import '../support/long.ts';
import './ownCode.spec.ts';
