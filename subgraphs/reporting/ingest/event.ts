import type { ProblemCode } from '../../shared/errors';
import { fieldMeantBy, isFieldName } from './field-names';

/** An activity event as it came: nothing about it is known yet. */
export type RawEvent = Record<string, unknown>;

/** Stands where a record was of which has been told already why it is rejected. */
export const rejectedAlready = Symbol('rejected already');

/** A record that is sound in itself; what it refers to is not looked up yet. */
export interface SoundEvent {
  /** Which of the posts that share a transaction it came in. */
  post: number;
  eventId: string;
  classId: string;
  userId: string;
  occurredAt: Date;
  /** Ten-thousandths of a percent, 0 to 1,000,000. */
  score: number | null;
  seconds: number | null;
  kind: 'ASSESSMENT' | 'COLLECTION';
  subject: string | null;
  contentSource: string | null;
  framework: string | null;
  competency: string | null;
  /** 0 not started, 1 in progress, 2 inferred, 3 completed. */
  status: number | null;
}

/** A sound event whose class, learner, context and competency are known by number. */
export interface KnownEvent extends SoundEvent {
  classNumber: number;
  personNumber: number;
  contextId: number;
  competencyId: number | null;
}

export interface Rejection {
  eventId: string;
  code: ProblemCode;
  message: string;
}

/** Says of an event why it is not accepted, to whoever sent it. */
export type Reject = (event: SoundEvent, code: ProblemCode, message: string) => void;

export const statuses = ['NOT_STARTED', 'IN_PROGRESS', 'INFERRED', 'COMPLETED'] as const;

const longestText = 512;
const secondsOfADay = 86_400;
const dayInMilliseconds = 86_400_000;
const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

class Unsound extends Error {}

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? `'${value}'` : written(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'something of too many levels'; // lists within lists by the thousand can be read, and not written
  }
}

function text(event: RawEvent, name: string): string | null {
  const value = event[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new Unsound(`${name} must be text, not ${shown(value)}`);
  if (value.length > longestText) throw new Unsound(`${name} may have ${longestText} characters at most; it has ${value.length}`);
  if (value.includes('\u0000')) throw new Unsound(`${name} must not contain a NUL character`);
  return value;
}

function id(event: RawEvent, name: string): string {
  const value = text(event, name);
  if (value === null) throw new Unsound(`${name} is missing`);
  return value;
}

function oneOf<Name extends string>(event: RawEvent, name: string, names: readonly Name[]): Name | null {
  const value = text(event, name);
  if (value === null) return null;
  if (!(names as readonly string[]).includes(value)) {
    throw new Unsound(`${name} must be one of ${names.join(', ')}, not ${shown(value)}`);
  }
  return value as Name;
}

function moment(event: RawEvent, now: Date): Date {
  const value = event.occurredAt;
  const at = value instanceof Date ? value : new Date(typeof value === 'string' && isoMoment.test(value) ? value : NaN);
  if (Number.isNaN(at.getTime())) {
    throw new Unsound(`occurredAt must be a moment with an offset, such as 2026-03-14T09:26:53Z, not ${shown(value)}`);
  }
  if (at.getTime() > now.getTime() + dayInMilliseconds) {
    throw new Unsound(`occurredAt must not be more than a day in the future; it is ${at.toISOString()}`);
  }
  if (at.getUTCFullYear() < 1900) throw new Unsound(`occurredAt must not be before the year 1900; it is ${at.toISOString()}`);
  return at;
}

/** Percent to ten-thousandths, halves away from zero, by shifting the decimal point: 57.12345 has no exact double. */
function score(event: RawEvent): number | null {
  const value = event.score;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    throw new Unsound(`score must be a number of percent from 0 to 100, not ${shown(value)}`);
  }
  if (Number.isInteger(value)) return value * 10_000;
  const digits = String(value);
  return digits.includes('e') ? 0 : Math.round(Number(`${digits}e4`));
}

function seconds(event: RawEvent): number | null {
  const value = event.secondsSpent;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > secondsOfADay) {
    throw new Unsound(`secondsSpent must be a whole number from 0 to ${secondsOfADay}, not ${shown(value)}`);
  }
  return value;
}

/** A score under another name would be none, and nobody would ever know. */
function refuseMisspelt(event: RawEvent): void {
  for (const name in event) {
    if (isFieldName(name)) continue;
    const meant = fieldMeantBy(name);
    if (!meant || isAbsent(event[name]) || !isAbsent(event[meant])) continue;
    throw new Unsound(`there is no field ${shown(name)}; ${meant} may be meant`);
  }
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function record(event: unknown): RawEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new Unsound(`an event must be a JSON object, not ${shown(event)}`);
  }
  return event as RawEvent;
}

/** Why a record has no id by which its sender could find it again; nothing where it has one. */
export function whyNameless(event: unknown): string | undefined {
  try {
    const sent = record(event);
    if (isAbsent(sent.eventId)) refuseMisspelt(sent);
    id(sent, 'eventId');
    return undefined;
  } catch (error) {
    if (!(error instanceof Unsound)) throw error;
    return `${error.message}.`;
  }
}

/** Checks one record by itself. */
export function checkEvent(event: unknown, now: Date): SoundEvent | Rejection {
  let eventId = '';
  try {
    const sent = record(event);
    if (typeof sent.eventId === 'string') eventId = sent.eventId;
    refuseMisspelt(sent);
    return soundEvent(sent, now);
  } catch (error) {
    if (!(error instanceof Unsound)) throw error;
    return { eventId: eventId.slice(0, longestText), code: 'BAD_USER_INPUT', message: `${error.message}.` };
  }
}

function soundEvent(event: RawEvent, now: Date): SoundEvent {
  const points = score(event);
  const status = oneOf(event, 'status', statuses);
  const sound: SoundEvent = {
    post: 0,
    eventId: id(event, 'eventId'),
    classId: id(event, 'classId'),
    userId: id(event, 'userId'),
    occurredAt: moment(event, now),
    score: points,
    seconds: seconds(event),
    kind: oneOf(event, 'kind', ['ASSESSMENT', 'COLLECTION']) ?? (points === null ? 'COLLECTION' : 'ASSESSMENT'),
    subject: text(event, 'subject'),
    contentSource: text(event, 'contentSource'),
    framework: text(event, 'framework'),
    competency: text(event, 'competency'),
    status: status === null ? null : statuses.indexOf(status),
  };
  if (sound.status !== null && sound.competency === null) {
    throw new Unsound('status needs the competency it is about; competency is missing');
  }
  return sound;
}
