import '../../support/long.ts';
import './dodge.spec.ts';
