import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../cli/generate/random';
import type { CrashWorker } from './crash-child';
import { crashes, CrashScene } from './crash-scene';

const scene = new CrashScene();
const random = new Random(2);
let worker: CrashWorker;

beforeAll(async () => {
  await scene.open();
  worker = await scene.startWorker(1_000);
}, 60_000);
afterAll(() => scene.close());

test.each(Array.from({ length: crashes }, (_, index) => index + 1))(
  'PostgreSQL killed while the service works loses nothing acknowledged, and the service goes on by itself (%d)',
  async () => {
    await sleep(random.below(300));
    await scene.killServer();
    await scene.startServer();
    await scene.expectSound();
    await scene.expectAcknowledgedKept(worker);
    await worker.does(1);
    expect(worker.bugs).toEqual([]);
    await scene.expectSound();
  },
);

test('in the end every event counts once and every move that was done stands', async () => {
  await worker.stop();
  expect(worker.bugs).toEqual([]);
  await scene.expectMovesKept(worker);
  await scene.expectEveryEventCountedOnce(worker);
}, 600_000);
