/** The role that serves requests: under row-level security, neither an owner nor a superuser. */
export const applicationRole = 'strata_app';

/** The tenant of the transaction, or null where none is set: then no row matches. An ended local setting leaves ''. */
export const currentTenant = `nullif(current_setting('app.tenant_id', true), '')::int`;

/** The tenant in which super admins live; in its transactions the list of tenants and the shared hierarchies can be changed. */
export const platformTenant = 1;

/** Closes a table, or a partition, to every tenant but the transaction's; for its owner too. */
export function closeToOtherTenants(table: string): string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy ${table}_of_the_tenant on ${table}
       using (tenant_id = ${currentTenant}) with check (tenant_id = ${currentTenant})`,
  ];
}

export type Privilege = 'select' | 'insert' | 'update' | 'delete';

export const allow = (table: string, ...privileges: Privilege[]): string =>
  `grant ${privileges.join(', ')} on ${table} to ${applicationRole}`;

/** A table of a tenant's rows: closed to others, open to the application as far as it needs. */
export const tenantTable = (table: string, ...privileges: Privilege[]): string[] => [
  ...closeToOtherTenants(table),
  allow(table, ...privileges),
];
