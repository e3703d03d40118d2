import { expect } from 'chai';
import { exitCodeOf } from '../../../../cli/errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../../cli/stream/checkpoint/checkpoint.ts';
import {
  fromData,
  readSafetensors,
  readSafetensorsMetadata,
  type Tensor,
  writeSafetensors,
} from '../../../../lib/index.ts';
import { checksumOf } from '../../../../trainers/learner/checkpoint/checksum.ts';
import type { StreamConfig } from '../../../../trainers/streams/given/config.ts';
import { openSession } from '../../../../trainers/streams/snapshot.ts';
import { checkpointAfter, rows, tiny } from '../../sessions.ts';

type Description = { memory: Record<string, unknown>; noise: { words: number[] } };
type Lane = { influence: Record<string, unknown>; state: unknown };
const laneOf = ({ memory }: Description) => (memory.lanes as Lane[])[0];

/** Each with what the command says, at once or at the first record. */
const changes: Readonly<
  Record<string, readonly [(own: Description, tensors: Record<string, Tensor>) => unknown, RegExp]>
> = {
  'a counter beyond 2^52': [
    ({ memory }) => Object.assign(memory, { steps: 2 ** 53 }),
    /^checkpoint: the counter steps is missing, or/,
  ],
  'a window that cannot be': [
    ({ memory }) => Object.assign(memory, { pending: 5 }),
    /^checkpoint: pending is 5, and rtrl learns every 1/,
  ],
  'no second moments': [
    ({ memory }) => delete (memory.moments as { v?: unknown }).v,
    /^checkpoint: moments\.v\.cell\.\w+ is missing/,
  ],
  'a state of another type': [
    (own) => Object.assign(laneOf(own), { state: 3 }),
    /^checkpoint: lanes\[0\]\.state cannot be used: /,
  ],
  'a key that is none': [({ noise }) => Object.assign(noise.words, [-1]), /^saved noise: word 0 must be/],
  'slots that are empty': [
    (own) => Object.assign(laneOf(own).influence.slots as object, [[]]),
    /^checkpoint: lanes\[0\]\.influence\.rows\[0\] does not say what its 0 slots are about$/,
  ],
  'an influence without slots': [
    (own) => Object.assign(laneOf(own), { influence: {} }),
    /^checkpoint: lanes\[0\]\.influence\.rows\[0/,
  ],
  'a parameter that is NaN': [
    (_, tensors) => {
      const [name] = Object.keys(tensors).filter((each) => each.startsWith('parameters.'));
      const { shape, size } = tensors[name];
      tensors[name] = fromData(new Float32Array(size).fill(Number.NaN), [...shape]);
    },
    /^checkpoint: parameters\.cell\.\w+\[[\d,]+\] is NaN$/,
  ],
};

describe('cli/stream: a checkpoint with a learner that no run wrote', () => {
  const config: StreamConfig = {
    ...tiny,
    cell: { name: 'lru', units: 2 },
    estimator: { name: 'rtrl' },
    data: rows,
  };
  const row = (i: number) => [Math.sin(i), 'xy'[i % 2]];

  for (const [what, [change, says]] of Object.entries(changes))
    it(`${what}: is refused with exit code 2 in one sentence`, () => {
      const { session, ...stream } = checkpointAfter(
        Array.from({ length: 8 }, (_, i) => row(i)),
        config,
      );
      const metadata = readSafetensorsMetadata(session.learner);
      const tensors = readSafetensors(session.learner);
      const description = JSON.parse(metadata.learner) as Description;
      change(description, tensors);
      const text = JSON.stringify(description);
      const learner = writeSafetensors(tensors, {
        ...metadata,
        learner: text,
        checksum: checksumOf(text, tensors),
      });
      const decoded = decodeCheckpoint(encodeCheckpoint({ ...stream, session: { ...session, learner } }));
      let refusal: unknown;
      try {
        const resumed = openSession(decoded.config, decoded.session);
        resumed.advance(row(8));
      } catch (error) {
        refusal = error;
      }
      expect(exitCodeOf(refusal)).to.equal(2);
      expect((refusal as Error).message)
        .to.match(says)
        .and.to.match(/^[^\n]+$/);
    });
});
