import {
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type ParseOptions,
  type ValidationRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';

/** Characters of query text that are remembered; what was parsed from them takes some twenty times as much. */
const remembered = 1_000_000;

/** Parses each text once and keeps what came of it, up to a limit: the gateway sends the same few texts over and over. */
export function documentStore(limits: ParseOptions = {}): (text: string) => DocumentNode {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: remembered,
    sizeCalculation: (_, text) => text.length,
  });
  return text => {
    let document = documents.get(text);
    if (!document) {
      document = parse(text, { noLocation: true, ...limits });
      documents.set(text, document);
    }
    return document;
  };
}

type Checked = { document: DocumentNode } | { errors: readonly GraphQLError[] };

export interface Checks {
  /** Words and signs of a text; any number when omitted. */
  tokens?: number;
  /** Asked before GraphQL's own rules, which take long where a text is made to that end. */
  first?: readonly ValidationRule[];
  more?: readonly ValidationRule[];
}

/** The same for texts from anybody: checked against the schema too. Throws on what cannot be parsed. */
export function checkedDocumentStore(schema: GraphQLSchema, { tokens, first = [], more = [] }: Checks = {}): (text: string) => Checked {
  const known = new LRUCache<string, Checked>({ maxSize: remembered, sizeCalculation: (_, text) => text.length });
  return text => {
    let checked = known.get(text);
    if (!checked) {
      const document = parse(text, tokens === undefined ? {} : { maxTokens: tokens });
      const refusals = first.length > 0 ? validate(schema, document, first) : [];
      const errors = refusals.length > 0 ? refusals : validate(schema, document, [...specifiedRules, ...more]);
      checked = errors.length > 0 ? { errors } : { document };
      known.set(text, checked);
    }
    return checked;
  };
}
