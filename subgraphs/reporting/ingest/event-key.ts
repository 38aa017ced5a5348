import { hash } from 'node:crypto';
import type { KnownEvent } from './event';

/** 16 bytes, as a text whose every character is one of them. */
export type Bytes = string;

/** 128 bits of SHA-256: two contents with the same are not found, neither by chance nor by trying. */
const digest = (content: string): Bytes => hash('sha256', content, 'binary').slice(0, 16);

/** What an event's id is known by: 16 bytes, however long the id is. */
export const eventKey = (eventId: string): Bytes => digest(eventId);

/** What an event says, apart from its id: by this the same event sent again is told from another one with its id. */
export function contentHash(event: KnownEvent): Bytes {
  const { classNumber, personNumber, occurredAt, score, seconds, kind, competencyId, status } = event;
  const context = JSON.stringify([event.subject, event.contentSource, event.framework]).slice(1, -1);
  return digest(
    // A list in JSON. Changed by a letter, nothing that was accepted before would be known again.
    `[${classNumber},${personNumber},${occurredAt.getTime()},${score},${seconds},"${kind}",${context},${competencyId},${status}]`,
  );
}
