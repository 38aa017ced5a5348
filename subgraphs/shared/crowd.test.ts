import { Crowd } from './crowd';

test('holds who has come and not left, whatever the order', () => {
  const crowd = new Crowd<string>();
  for (const name of ['ann', 'ben', 'cem', 'dia']) crowd.join(name);
  crowd.leave('ben');
  crowd.leave('nobody');
  expect([...crowd].sort()).toEqual(['ann', 'cem', 'dia']);
  crowd.leave('dia');
  crowd.leave('ann');
  crowd.leave('ann');
  expect([...crowd]).toEqual(['cem']);
  crowd.leave('cem');
  crowd.leave('cem');
  expect([...crowd]).toEqual([]);
});

test('may be left while it is gone through', () => {
  const crowd = new Crowd<number>();
  for (const n of [1, 2, 3]) crowd.join(n);
  const seen: number[] = [];
  for (const n of crowd) {
    seen.push(n);
    crowd.leave(n);
  }
  expect([seen.sort(), [...crowd]]).toEqual([[1, 2, 3], []]);
});
