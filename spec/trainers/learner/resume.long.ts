import '../../support/long.ts';
import './resume.spec.ts';
