import { rejectedAlready, type RawEvent, type Rejection } from './event';
import { fieldMeantBy, isFieldName } from './field-names';

/** By which an event in a bundle says whose it is. Elsewhere the sender's token does. */
const tenantField = 'tenant_id';
/** Names that an answer tells at most, and of how many letters. */
const mostNames = 20;
const longestName = 64;

interface Options {
  /** The sender's, by the customer's id. */
  tenant: string;
  reject(rejection: Rejection): void;
  /** Gets the names of fields that are passed over. */
  ignored: Set<string>;
}

/** Some records; those that are said to be another tenant's are rejected. */
export function* eventsOfTenant(events: Iterable<unknown>, { tenant, reject, ignored }: Options): Generator<unknown> {
  for (const event of events) {
    if (event === rejectedAlready) {
      yield event;
      continue;
    }
    const fields = event as RawEvent;
    let isOthers = false;
    for (const name in fields) {
      if (isFieldName(name)) continue;
      if (name === tenantField) isOthers = (fields[name] ?? tenant) !== tenant;
      else if (ignored.size < mostNames && !fieldMeantBy(name)) ignored.add(name.slice(0, longestName));
    }
    if (isOthers) reject({ eventId: String(fields.eventId), code: 'BAD_USER_INPUT', message: othersEvent(fields[tenantField], tenant) });
    yield isOthers ? rejectedAlready : event;
  }
}

function othersEvent(came: unknown, tenant: string): string {
  const said = typeof came === 'string' ? `'${came.slice(0, longestName)}'` : 'something else';
  return `${tenantField} must be '${tenant}', the tenant of the token, or be left out; ${said} came.`;
}
