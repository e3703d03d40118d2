import '../support/long.ts';
import './streamModel.spec.ts';
