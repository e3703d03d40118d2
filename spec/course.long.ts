import './support/long.ts';
import './course.spec.ts';
