import * as autodiff from '../../autodiff/index.ts';
import * as lib from '../../lib/index.ts';
import { autodiffDoors, autodiffOthers } from './autodiff.ts';
import { libDoors, libOthers } from './lib.ts';
import { walkEntry } from './walk.ts';

describe('doors: bad arguments from untyped code end in a NorewindError, at every exported function', () => {
  walkEntry('norewind/lib', lib, libDoors, libOthers);
  walkEntry('norewind/autodiff', autodiff, autodiffDoors, autodiffOthers);
});
