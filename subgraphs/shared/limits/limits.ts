/** What one request, one caller and one connection may take. Each is a setting; docs/operating.md says what for. */
export interface Limits {
  /** Kilobytes of a request's body on /graphql. */
  bodyKilobytes: number;
  /** Words and signs of a query's text. */
  tokens: number;
  /** Fields within fields. */
  depth: number;
  aliases: number;
  /** Fields on the outermost level. */
  rootFields: number;
  /** Rows that a query's lists may have in all, as far as it tells before it is answered. */
  rows: number;
  /** Requests of one caller in ten seconds; 0 for any number. */
  requests: number;
  /** Operations that are answered at the same time; the others wait for their turn. */
  atOnce: number;
  /** Operations of one caller that may wait. */
  waiting: number;
  /** Seconds that an operation may take, waiting included. */
  seconds: number;
  /** Seconds in which a request's headers must have come. */
  headerSeconds: number;
  /** Seconds in which a whole request must have come, with its body. */
  uploadSeconds: number;
  /** Open connections of one server. */
  connections: number;
}

interface LimitSetting {
  variable: string;
  fallback: number;
  atLeast: number;
  atMost: number;
}

const setting = (name: string, fallback: number, [atLeast, atMost]: [number, number]): LimitSetting => ({
  variable: `STRATA_LIMIT_${name}`,
  fallback,
  atLeast,
  atMost,
});

const settings: Record<keyof Limits, LimitSetting> = {
  bodyKilobytes: setting('BODY_KB', 256, [1, 16_384]),
  tokens: setting('TOKENS', 2_000, [100, 100_000]),
  depth: setting('DEPTH', 12, [3, 100]),
  aliases: setting('ALIASES', 30, [0, 10_000]),
  rootFields: setting('ROOT_FIELDS', 20, [1, 10_000]),
  rows: setting('ROWS', 10_000, [100, 100_000_000]),
  requests: setting('REQUESTS', 1_000, [0, 1_000_000]),
  atOnce: setting('AT_ONCE', 12, [1, 1_000]),
  waiting: setting('WAITING', 200, [0, 100_000]),
  seconds: setting('SECONDS', 30, [1, 3_600]),
  headerSeconds: setting('HEADER_SECONDS', 10, [1, 600]),
  uploadSeconds: setting('UPLOAD_SECONDS', 120, [1, 86_400]),
  connections: setting('CONNECTIONS', 4_000, [10, 1_000_000]),
};

const names = Object.keys(settings) as (keyof Limits)[];
const limitsBy = (value: (setting: LimitSetting) => number): Limits =>
  Object.fromEntries(names.map(name => [name, value(settings[name])])) as unknown as Limits;

export const defaultLimits: Limits = limitsBy(({ fallback }) => fallback);

/** Reads each limit; `wrong` is told of each that is none. */
export const readLimits = (variables: NodeJS.ProcessEnv, wrong: (message: string) => void): Limits =>
  limitsBy(({ variable, fallback, atLeast, atMost }) => {
    const text = variables[variable]?.trim();
    if (!text) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < atLeast || value > atMost) {
      wrong(`${variable} must be a whole number from ${atLeast} to ${atMost}, not '${text}'`);
    }
    return value;
  });

/** By `_entities` nodes that stand beside a list, such as a report's own, are named and counted with its elements. */
export const roomForNamed = 2;

/**
 * What a subgraph takes on its own port. The gateway writes a client's fragments out and goes one step deeper, by
 * `_entities`, naming every entity of a page: so it takes more, but not everything.
 */
export const subgraphLimits = ({ depth, tokens, aliases, rootFields, rows }: Limits) => ({
  depth: depth + 3,
  tokens: tokens * 5,
  aliases: aliases * 2 + 20,
  rootFields,
  rows: rows * roomForNamed,
});

/** A fetch of the gateway names every entity it is about: one page of a page is a million bytes and more. */
export const subgraphMegabytes = 16;
