import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../cli/generate/random';
import { crashes, CrashScene } from './crash-scene';

const scene = new CrashScene();
const random = new Random(1);

beforeAll(() => scene.open(), 60_000);
afterAll(() => scene.close());

test.each(Array.from({ length: crashes }, (_, index) => index + 1))(
  'killed in the middle of everything, the service loses nothing acknowledged and counts nothing twice (%d)',
  async round => {
    const worker = await scene.startWorker(round);
    await sleep(random.below(250));
    await worker.kill();
    expect(worker.bugs).toEqual([]);
    await scene.expectSound();
    await scene.expectAcknowledgedKept(worker);
    await scene.expectMovesKept(worker);
    await scene.expectEveryEventCountedOnce(worker);
  },
);
