import { hash } from 'node:crypto';
import type { KnownEvent } from './event';

/** 16 bytes, as a text whose every character is one of them. */
export type Bytes = string;

/** 128 bits of SHA-256: two contents with the same are not found, neither by chance nor by trying. */
const digest = (content: string): Bytes => hash('sha256', content, 'binary').slice(0, 16);

/** What an event's id is known by: 16 bytes, however long the id is. */
export const eventKey = (eventId: string): Bytes => digest(eventId);

/** What an event says, apart from its id: by this the same event sent again is told from another one with its id. */
export const contentHash = (event: KnownEvent): Bytes =>
  digest(
    JSON.stringify([
      event.classNumber,
      event.personNumber,
      event.occurredAt.getTime(),
      event.score,
      event.seconds,
      event.kind,
      event.subject,
      event.contentSource,
      event.framework,
      event.competencyId,
      event.status,
    ]),
  );
