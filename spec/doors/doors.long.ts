import '../support/long.ts';
import './doors.spec.ts';
