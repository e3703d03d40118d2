import '../support/long.ts';
import './impostors.spec.ts';
