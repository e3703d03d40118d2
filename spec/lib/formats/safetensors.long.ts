import '../../support/long.ts';
import './safetensors.spec.ts';
