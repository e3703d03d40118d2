import '../support/long.ts';
import './truncation.spec.ts';
