import '../../support/long.ts';
import './rowSession.spec.ts';
