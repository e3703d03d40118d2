import { expect } from 'chai';
import * as autodiff from '../../autodiff/index.ts';
import * as plots from '../../cli/plot/index.ts';
import * as runs from '../../cli/runs/index.ts';
import * as stream from '../../cli/stream/index.ts';
import * as lib from '../../lib/index.ts';
import * as nn from '../../nn/index.ts';
import * as trainers from '../../trainers/index.ts';
import * as norewind from '../../trainers/norewind.ts';
import * as testing from '../../trainers/testing/index.ts';
import { autodiffDoors, autodiffOthers } from './autodiff.ts';
import { libDoors, libOthers } from './lib.ts';
import { nnDoors, nnOthers } from './nn.ts';
import { plotDoors } from './plot.ts';
import { runsDoors } from './runs.ts';
import { inFolder, streamDoors } from './stream.ts';
import { testingDoors, testingOthers } from './testing.ts';
import { trainersDoors, trainersOthers } from './trainers.ts';
import { walkEntry } from './walk.ts';

describe('doors: bad arguments from untyped code end in a NorewindError, at every exported function', () => {
  walkEntry('norewind/lib', lib, libDoors, libOthers);
  walkEntry('norewind/autodiff', autodiff, autodiffDoors, autodiffOthers);
  walkEntry('norewind/nn', nn, nnDoors, nnOthers);
  walkEntry('norewind/trainers', trainers, trainersDoors, trainersOthers);
  walkEntry('norewind/testing', testing, testingDoors, testingOthers);
  walkEntry('norewind/plot', plots, plotDoors, {});
  describe('in a folder of its own', () => {
    inFolder();
    walkEntry('norewind/stream', stream, streamDoors, {});
    walkEntry('norewind/runs', runs, runsDoors, {});
  });

  it('norewind exports nothing that is not walked there', () => {
    const parts = [lib, autodiff, nn, trainers];
    const others = Object.entries(norewind).filter(
      ([name, value]) => !parts.some((part) => part[name as keyof typeof part] === value),
    );
    expect(others.map(([name]) => name)).to.deep.equal([]);
  });
});
