/** What of the activity counts: by subject, content source and framework. What is absent on an activity matches none. */
export interface Filter {
  subject?: string | null | undefined;
  contentSource?: string | null | undefined;
  framework?: string | null | undefined;
}

const isGiven = (value: string | null | undefined): value is string => value !== null && value !== undefined;

/** Whether a filter filters anything. */
export const filters = ({ subject, contentSource, framework }: Filter): boolean =>
  [subject, contentSource, framework].some(isGiven);
