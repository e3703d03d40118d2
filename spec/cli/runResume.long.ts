import '../support/long.ts';
import './runResume.spec.ts';
