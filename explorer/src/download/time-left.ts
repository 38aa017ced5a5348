const dayInMs = 86_400_000;

/** Whole days from `now` until a moment (ISO 8601), 0 on the last of them and once it is past. */
export const daysUntil = (moment: string, now: Date): number =>
  Math.max(0, Math.floor((Date.parse(moment) - now.getTime()) / dayInMs));
