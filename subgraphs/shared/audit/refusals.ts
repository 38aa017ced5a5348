import { getOperationAST, Kind, print, type DocumentNode, type GraphQLError, type SelectionNode } from 'graphql';
import { RefusedCaller, type Caller, type Credentials } from '../access/caller';
import { platformTenant } from '../../../migrations/row-level-security';
import type { Database } from '../database/database';
import { Problem } from '../errors';
import { writeAudit, type Deed } from './audit';

export interface Asked {
  document: DocumentNode;
  variables?: Record<string, unknown> | undefined;
  operationName?: string | undefined;
  credentials: Credentials;
}

export interface Trail {
  database: Database;
  now: Date;
}

const mostTold = 10;

/** Writes down that somebody was refused something: one row an operation, whatever the number of refusals in it. */
export async function auditRefusals(asked: Asked, caller: Caller, trail: Trail & { errors: readonly GraphQLError[] }): Promise<void> {
  const refused = trail.errors.filter(error => codeOf(error) === 'FORBIDDEN');
  if (refused.length === 0) return;
  const paths = [...new Set(refused.map(({ path }) => (path ?? []).join('.')))];
  const details = { ...questionOf(asked), refused: paths.slice(0, mostTold), times: refused.length };
  await writeApart(caller.tenantId, { action: 'REFUSED', details }, { ...trail, person: caller, from: asked.credentials });
}

/** Writes down that a request was refused before it began, where its tenant is known. */
export async function auditRefusedCaller(error: unknown, credentials: Credentials, trail: Trail): Promise<void> {
  if (!(error instanceof RefusedCaller)) return;
  const { tenantId, personId, subject } = error.known;
  const deed = { action: 'REFUSED', details: { code: error.code, ...(subject === undefined ? {} : { subject }) } };
  const person = personId === undefined ? undefined : { personId, actsForPlatform: false };
  await writeApart(tenantId, deed, { ...trail, person, from: credentials });
}

/** Whether a super admin acts in a tenant that is not the platform's: nobody does so unseen. */
export const isAway = (caller: Caller): boolean => caller.actsForPlatform && caller.tenantId !== platformTenant;

export const auditVisit = (asked: Asked, caller: Caller, trail: Trail): Promise<void> =>
  writeApart(caller.tenantId, { action: 'READ', details: questionOf(asked) }, { ...trail, person: caller, from: asked.credentials });

type Writing = Trail & { person: Pick<Caller, 'personId' | 'actsForPlatform'> | undefined; from: Credentials };

/** A row of its own transaction, for what changes nothing else. */
export const writeApart = (tenantId: number, deed: Deed, { database, ...doer }: Writing): Promise<void> =>
  database.transaction(tenantId, 'write', tx => {
    tx.keepVersion(); // no answer but the log's own changes, and that one is never given from memory
    return writeAudit(tx, deed, doer);
  });

/** The operation's outermost fields with their arguments, as they were asked. */
function questionOf({ document, operationName, variables = {} }: Asked): Record<string, unknown> {
  const operation = getOperationAST(document, operationName);
  const asked = operation?.selectionSet.selections.slice(0, mostTold).map(outermost) ?? [];
  return { asked, variables };
}

const outermost = (selection: SelectionNode): string =>
  selection.kind === Kind.FIELD ? print({ ...selection, selectionSet: undefined, directives: [] }) : print(selection).slice(0, 100);

const codeOf = (error: GraphQLError): unknown =>
  error.originalError instanceof Problem ? error.originalError.code : error.extensions.code;
