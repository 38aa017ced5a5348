import { deleteAll, type Purge } from '../../shared/retention/purge';
import { expiredBefore, hoursBefore } from '../../shared/retention/retention';
import { deleteEventIds, deleteRawActivity, forgetEventIds, isBehind } from './raw-activity.queries';
import { utcDay } from './kept-figures';

/**
 * Deletes raw activity some hours after its acceptance, by days of acceptance (UTC): those that have expired as a whole.
 * While some of it is not yet in the stored sums, it stays.
 */
export const purgeRawActivity: Purge = async tools => {
  const { retention, now } = tools;
  if (retention.rawActivityHours === null) return;
  const day = utcDay(hoursBefore(now, retention.rawActivityHours));
  if (await tools.read(tx => isBehind(tx, new Date(day)))) return;
  await deleteAll(tools, 'activity_events', (tx, most) => deleteRawActivity(tx, day, most));
};

/**
 * Forgets the ids of events after some days. From the moment that an id may be forgotten, no event is accepted that may
 * have had one of these ids: nothing is counted twice, whatever is sent again, and however the setting is changed.
 */
export const purgeEventIds: Purge = async tools => {
  const { retention, now } = tools;
  const before = expiredBefore(now, retention.eventIdDays);
  const anew = before !== null && (await tools.note(tx => forgetEventIds(tx, before)));
  // What an earlier purge said is forgotten, and had no time to delete, goes even where ids are kept for ever by now.
  const forgotten = anew ? before : retention.eventIdsFrom;
  if (forgotten) await deleteAll(tools, 'event_ids', (tx, most) => deleteEventIds(tx, forgotten, most));
};
