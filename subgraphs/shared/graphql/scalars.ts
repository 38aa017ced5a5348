import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';

/** Years with a day before and a day after, in the database as here. */
const isYear = (text: string): boolean => text !== '0000' && text !== '9999';

const asCalendarDate = (value: unknown): string => {
  const [, year] = (typeof value === 'string' && /^(\d{4})-\d\d-\d\d$/.exec(value)) || [];
  const moment = new Date(year && isYear(year) ? `${value}T00:00:00Z` : NaN);
  // The 30th of February is read as a day in March.
  if (Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== value) {
    throw new GraphQLError(`Date must be a day of the calendar as YYYY-MM-DD, not ${JSON.stringify(value)}`);
  }
  return value as string;
};

/** A calendar date as text, YYYY-MM-DD, in the tenant's time zone. */
export const DateScalar = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: "A calendar date in the tenant's time zone, as YYYY-MM-DD.",
  serialize: value => String(value),
  parseValue: asCalendarDate,
  parseLiteral: node => {
    if (node.kind !== Kind.STRING) throw new GraphQLError('Date must be given as a string, YYYY-MM-DD', { nodes: node });
    return asCalendarDate(node.value);
  },
});

const { extensions: _ours, ...dateTime } = GraphQLDateTimeISO.toConfig();
export const DateTimeScalar = new GraphQLScalarType({
  ...dateTime,
  name: 'DateTime',
  description: 'A moment, as ISO 8601 with an offset: 2026-03-14T09:26:53Z.',
});

const { extensions: _theirs, ...safeInt } = GraphQLSafeInt.toConfig();
export const SafeInt = new GraphQLScalarType({
  ...safeInt,
  name: 'SafeInt',
  description: 'A whole number between -(2^53 - 1) and 2^53 - 1.',
  specifiedByURL: null,
});

export const JsonScalar = new GraphQLScalarType({ ...GraphQLJSON.toConfig(), name: 'JSON', specifiedByURL: null });
