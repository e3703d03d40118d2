import '../support/long.ts';
import './trainResume.spec.ts';
