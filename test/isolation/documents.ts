import { astFromValue, print, typeFromAST, parseType, type GraphQLInputType, type GraphQLSchema } from 'graphql';

/** Questions as trees, so that a failing one can be cut down. */
export interface Argument {
  name: string;
  /** As the schema writes it. */
  type: string;
  value: unknown;
  /** Sent apart from the text. */
  variable: boolean;
}
export interface Field {
  kind: 'field';
  alias: string | null;
  name: string;
  args: Argument[];
  selections: Selection[];
}
export interface Fragment {
  kind: 'inline' | 'named';
  on: string;
  selections: Selection[];
}
export type Selection = Field | Fragment;

export interface Document {
  operation: 'query' | 'mutation';
  selections: Selection[];
}

export interface Question {
  query: string;
  variables: Record<string, unknown>;
}

export function printed({ operation, selections }: Document, schema: GraphQLSchema): Question {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: string[] = [];
  const argument = ({ name, type, value, variable }: Argument): string => {
    // What has no shape of its own in the schema is no literal of it.
    if (!variable && type !== 'JSON') return `${name}: ${print(astFromValue(value, typeFromAST(schema, parseType(type)) as GraphQLInputType)!)}`;
    const variableName = `v${declared.length}`;
    variables[variableName] = value;
    declared.push(`$${variableName}: ${type}`);
    return `${name}: $${variableName}`;
  };
  const selected = (each: Selection): string => {
    if (each.kind !== 'field') return fragment(each);
    const args = each.args.length > 0 ? `(${each.args.map(argument).join(', ')})` : '';
    return `${each.alias ? `${each.alias}: ` : ''}${each.name}${args}${each.selections.length > 0 ? ` ${set(each.selections)}` : ''}`;
  };
  const fragment = (each: Fragment): string => {
    if (each.kind === 'inline') return `... on ${each.on} ${set(each.selections)}`;
    const text = set(each.selections);
    fragments.push(`fragment F${fragments.length} on ${each.on} ${text}`);
    return `...F${fragments.length - 1}`;
  };
  const set = (list: Selection[]): string => `{ ${list.map(selected).join(' ')} }`;
  const body = set(selections);
  const head = declared.length > 0 ? `${operation} (${declared.join(', ')})` : operation;
  return { query: [`${head} ${body}`, ...fragments].join('\n'), variables };
}

/** Every document that is this one without one of its parts. */
export function* smaller(document: Document): Generator<Document> {
  for (const selections of without(document.selections)) yield { ...document, selections };
}

function* without(list: Selection[]): Generator<Selection[]> {
  for (const [index, each] of list.entries()) {
    const others = (...instead: Selection[]) => [...list.slice(0, index), ...instead, ...list.slice(index + 1)];
    if (list.length > 1) yield others();
    if (each.kind !== 'field' && list.length === 1) yield each.selections;
    if (each.selections.length > 0) for (const selections of without(each.selections)) yield others({ ...each, selections });
  }
}
