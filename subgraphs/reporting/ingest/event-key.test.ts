import { createHash } from 'node:crypto';
import { contentHash, eventKey } from './event-key';
import type { KnownEvent } from './event';

const event: KnownEvent = {
  ...{ eventId: 'e1', classId: 'c', userId: 'u', occurredAt: new Date('2026-03-02T10:00:00.250Z') },
  ...{ score: 571_235, seconds: 90, kind: 'ASSESSMENT', subject: 'Français "A"', contentSource: null, framework: 'F\\1' },
  ...{ post: 0, competency: 'K', status: 3, classNumber: 7, personNumber: 8, contextId: 9, competencyId: 10 },
};

/** What stands in `event_ids` of all that was ever accepted: never to be changed. */
const listed = (given: KnownEvent): string => {
  const { classNumber, personNumber, occurredAt, score, seconds, kind, subject, contentSource, framework } = given;
  const content = [classNumber, personNumber, occurredAt.getTime(), score, seconds, kind, subject, contentSource, framework];
  return createHash('sha256').update(JSON.stringify([...content, given.competencyId, given.status])).digest('hex').slice(0, 32);
};
const hex = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex');

test('contents are known by the first 128 bits of the SHA-256 of their list', () => {
  const bare: KnownEvent = { ...event, score: null, seconds: null, kind: 'COLLECTION', subject: null, framework: null };
  for (const one of [event, bare, { ...bare, competencyId: null, status: null }, { ...event, score: -0 }]) {
    expect(hex(contentHash(one))).toBe(listed(one));
  }
});

test('each thing that an event says tells it from another', () => {
  const others: Partial<KnownEvent>[] = [
    ...[{ classNumber: 1 }, { personNumber: 1 }, { occurredAt: new Date('2026-03-02T10:00:00.251Z') }, { score: null }],
    ...[{ seconds: 91 }, { kind: 'COLLECTION' as const }, { subject: null }, { contentSource: 'x' }, { framework: null }],
    ...[{ competencyId: 1 }, { status: 2 }, { subject: 'F\\1', framework: 'Français "A"' }],
  ];
  const hashes = [event, ...others.map(other => ({ ...event, ...other }))].map(contentHash);
  expect(new Set(hashes).size).toBe(others.length + 1);
  expect(contentHash({ ...event, eventId: 'e2', classId: 'other', userId: 'other', contextId: 1 })).toBe(hashes[0]);
});

test('an id is known by the first 128 bits of its SHA-256', () => {
  for (const id of ['a', 'é', '🙂', 'x'.repeat(512)]) {
    expect(hex(eventKey(id))).toBe(createHash('sha256').update(id, 'utf8').digest('hex').slice(0, 32));
  }
});
