import '../../support/long.ts';
import './structuredLaws.spec.ts';
