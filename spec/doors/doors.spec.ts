import * as autodiff from '../../autodiff/index.ts';
import * as lib from '../../lib/index.ts';
import * as nn from '../../nn/index.ts';
import { autodiffDoors, autodiffOthers } from './autodiff.ts';
import { libDoors, libOthers } from './lib.ts';
import { nnDoors, nnOthers } from './nn.ts';
import { walkEntry } from './walk.ts';

describe('doors: bad arguments from untyped code end in a NorewindError, at every exported function', () => {
  walkEntry('norewind/lib', lib, libDoors, libOthers);
  walkEntry('norewind/autodiff', autodiff, autodiffDoors, autodiffOthers);
  walkEntry('norewind/nn', nn, nnDoors, nnOthers);
});
