import type { EntityManager } from 'typeorm';
import type { TenantMemory } from './memory';

/** `activity`: a write of activity and its figures alone, by which who sees which node where stays as it is. */
export type Access = 'read' | 'write' | 'activity';

/** One tenant's transaction. Whatever is read or written goes through it; it cannot see another tenant's rows. */
export interface Transaction {
  readonly tenantId: number;
  readonly access: Access;
  readonly manager: EntityManager;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /**
   * As `query`, but never by a plan for any parameters: for looking up long lists (`= any($2)`). Where no index fits, a
   * list that the planner knows is hashed; one that it does not is gone through for each row.
   */
  queryPlannedAnew<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** What this transaction writes changes no answer: the tenant's version stays. Sums that are only moved, say. */
  keepVersion(): void;
  /** What was read of the tenant's structure at this transaction's version; nothing where that may change within it. */
  readonly memory: TenantMemory;
  /** The tenant's version as a read sees it; of one that was begun ahead, once that is known. */
  readonly version?: string | undefined;
  /** The row that the database's `firstQuestion` found; not of a `write`. */
  readonly firstAnswer?: object | undefined;
  /** Likewise of its `lastQuestion`. */
  readonly lastAnswer?: object | undefined;
  /** `act` is called once this transaction has committed, and never where it does not. */
  afterCommit(act: () => void): void;
}
