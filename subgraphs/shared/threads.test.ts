import { once } from 'node:events';
import path from 'node:path';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { projectRoot } from './project-root';
import { startThread } from './threads';

test('a thread has its own bound, whatever the process was told with --max-old-space-size, which keeps that', async () => {
  for (const flag of ['--max-old-space-size=1000', '--max-semi-space-size=64']) setFlagsFromString(flag);
  const own = getHeapStatistics().heap_size_limit;
  const thread = startThread({ file: path.join(projectRoot, 'test', 'heap-limit.thread'), data: undefined, megabytes: 50 });
  thread.ref();
  const [megabytes] = (await once(thread, 'message')) as [number];
  expect(megabytes).toBeGreaterThanOrEqual(50);
  expect(megabytes).toBeLessThan(100);
  expect(getHeapStatistics().heap_size_limit).toBe(own);
});
