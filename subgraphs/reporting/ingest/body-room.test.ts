import { setImmediate } from 'node:timers/promises';
import { BodyRoom } from './body-room';
import { readEventsBody } from './events-body';

const settings = { mostBytes: 100, mostRecords: 10 };

async function* inPieces(pieces: number, bytes: number): AsyncGenerator<Buffer> {
  for (let piece = 0; piece < pieces; piece++) {
    yield Buffer.alloc(bytes, '1');
    await setImmediate();
  }
}
const read = (room: BodyRoom, pieces: number, then: () => Promise<unknown> = async () => undefined) =>
  room.with(async body => {
    const bytes = await readEventsBody({ headers: {}, body: inPieces(pieces, 10) }, body);
    await then();
    return bytes.length;
  });

test('bodies have so much room together; who finds none is told when to come back, and room that was left is there again', async () => {
  const room = new BodyRoom(settings);
  let [end, hasRead] = [(): void => undefined, (): void => undefined];
  const ending = new Promise<void>(resolve => (end = resolve));
  const reading = new Promise<void>(resolve => (hasRead = resolve));
  const first = read(room, 6, () => (hasRead(), ending));
  await reading;
  const second = read(room, 6);
  await expect(second).rejects.toMatchObject({ code: 'RATE_LIMITED', extensions: { retryAfter: 5 } });
  expect(await read(room, 4)).toBe(40);
  end();
  expect(await first).toBe(60);
  expect(await read(room, 10)).toBe(100);
  await expect(read(room, 11)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(await read(room, 10)).toBe(100);
});

test('so many records are worked on at a time, first come, first served; what is more by itself goes alone', async () => {
  const room = new BodyRoom(settings);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = (number: number, records: number) =>
    room.with(async body => {
      await body.turn(records);
      begun.push(number);
      await new Promise<void>((resolve, reject) => ends.push(number % 2 ? resolve : () => reject(new Error('it failed'))));
    });
  const works = [4, 6, 1, 9, 30, 2].map((records, number) => work(number, records).catch(() => undefined));
  const round = async (): Promise<number[]> => {
    await setImmediate();
    for (const end of ends.splice(0)) end();
    return begun.splice(0);
  };
  expect([await round(), await round(), await round(), await round()]).toEqual([[0, 1], [2, 3], [4], [5]]);
  await Promise.all(works);
});
