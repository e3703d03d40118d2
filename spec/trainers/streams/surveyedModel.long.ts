import '../../support/long.ts';
import './surveyedModel.spec.ts';
