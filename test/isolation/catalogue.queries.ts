import type { Client } from 'pg';
import { applicationRole } from '../../migrations/row-level-security';

/**
 * Reads the database's catalogue for anything by which the application's role could come to another tenant's rows. Each
 * row is one such way, in words; shared reference data are left to the caller to list.
 */
export async function selectWaysPastTenants(client: Client): Promise<string[]> {
  const ways: string[] = [];
  for (const [what, sql] of Object.entries(statements)) {
    const { rows } = await client.query<{ way: string }>(sql);
    ways.push(...rows.map(({ way }) => `${what}: ${way}`));
  }
  return ways.sort();
}

const role = `'${applicationRole}'`;
const ourSchemas = `nspname !~ '^pg_' and nspname <> 'information_schema'`;

/** Relations outside the system's own schemas, with what the role may do to them. */
const relation = `
  select pg_class.oid, pg_class.oid::regclass::text as name, pg_class.relkind as kind, pg_class.relispartition as "partition",
    pg_class.relrowsecurity as secured, pg_class.relforcerowsecurity as forced, pg_class.relowner as owner,
    coalesce(pg_class.reloptions::text ~ 'security_invoker=(true|on|1)', false) as invoker,
    exists (select from pg_attribute where pg_attribute.attrelid = pg_class.oid and pg_attribute.attname = 'tenant_id') as tenants,
    case when pg_class.relkind <> 'S' then has_any_column_privilege(${role}, pg_class.oid, 'select, insert, update')
      or has_table_privilege(${role}, pg_class.oid, 'delete') end as usable
  from pg_class
  join pg_namespace on pg_namespace.oid = pg_class.relnamespace
  where ${ourSchemas} and pg_class.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`;

/** As PostgreSQL writes the expression that `closeToOtherTenants` gives a policy. */
const ofTheTenant = `'(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::integer)'`;

const statements: Record<string, string> = {
  'the role can do too much': `
    select attribute as way from pg_roles
    cross join lateral (values ('superuser', rolsuper), ('bypassrls', rolbypassrls), ('createrole', rolcreaterole),
      ('createdb', rolcreatedb), ('replication', rolreplication)) granted(attribute, given)
    where rolname = ${role} and given`,

  'the role is a member of another': `
    select above.rolname as way from pg_auth_members
    join pg_roles above on above.oid = pg_auth_members.roleid
    join pg_roles member on member.oid = pg_auth_members.member
    where member.rolname = ${role}`,

  'the role owns something': `
    select pg_describe_object(classid, objid, objsubid) as way from pg_shdepend
    where refclassid = 'pg_authid'::regclass and refobjid = ${role}::regrole and deptype = 'o'
      and dbid in (0, (select oid from pg_database where datname = current_database()))`,

  'a setting stands for the transaction\'s own': `
    select setting as way from pg_db_role_setting
    cross join lateral unnest(setconfig) setting
    where (setrole = 0 or setrole = ${role}::regrole)
      and setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and setting ~* '^(app\\.|role=|session_authorization=|row_security=|search_path=|lo_compat_privileges=)'`,

  'no row-level security': `
    select relation.name as way from (${relation}) relation
    where relation.kind in ('r', 'p') and (relation.usable or relation.tenants)
      and not (relation.secured and relation.forced)`,

  'a policy is wider than the tenant': `
    select concat_ws(' ', relation.name || ',', pg_policy.polname, 'for', pg_policy.polcmd, 'using',
      coalesce(pg_get_expr(pg_policy.polqual, relation.oid), '-'), 'check',
      coalesce(pg_get_expr(pg_policy.polwithcheck, relation.oid), '-')) as way
    from (${relation}) relation
    join pg_policy on pg_policy.polrelid = relation.oid
    where pg_policy.polpermissive and (0::oid = any(pg_policy.polroles) or ${role}::regrole = any(pg_policy.polroles))
      and (coalesce(pg_get_expr(pg_policy.polqual, relation.oid), ${ofTheTenant}) <> ${ofTheTenant}
        or coalesce(pg_get_expr(pg_policy.polwithcheck, relation.oid), ${ofTheTenant}) <> ${ofTheTenant}
        or (pg_policy.polqual is null and pg_policy.polcmd <> 'a'))`,

  'rows of a table without tenants': `
    select relation.name as way from (${relation}) relation
    where relation.kind in ('r', 'p') and relation.usable and not relation.tenants`,

  'a partition can be used by itself': `
    select relation.name as way from (${relation}) relation where relation.partition and relation.usable`,

  'a view reads with its owner\'s rights': `
    select relation.name as way from (${relation}) relation where relation.kind = 'v' and relation.usable and not relation.invoker`,

  'a materialised view or foreign table knows no policy': `
    select relation.name as way from (${relation}) relation where relation.kind in ('m', 'f') and relation.usable`,

  'a privilege that no policy limits': `
    select relation.name || ', ' || privilege as way from (${relation}) relation
    cross join lateral unnest(array['truncate', 'references', 'trigger'] ||
      case when current_setting('server_version_num')::int >= 170000 then array['maintain'] else '{}' end) privilege
    where relation.kind <> 'S' and (has_table_privilege(${role}, relation.oid, privilege)
      or (privilege = 'references' and has_any_column_privilege(${role}, relation.oid, privilege)))`,

  'a sequence tells how many there are': `
    select relation.name as way from (${relation}) relation
    where case when relation.kind = 'S' then has_sequence_privilege(${role}, relation.oid, 'usage, select, update') end`,

  'a function runs with its owner\'s rights': `
    select pg_proc.oid::regprocedure::text as way from pg_proc
    join pg_namespace on pg_namespace.oid = pg_proc.pronamespace
    where ${ourSchemas} and pg_proc.prosecdef`,

  'a function of the system is granted': `
    select pg_proc.oid::regprocedure::text as way from pg_proc
    join pg_namespace on pg_namespace.oid = pg_proc.pronamespace
    cross join lateral aclexplode(pg_proc.proacl) granted
    where not (${ourSchemas}) and granted.grantee in (0, ${role}::regrole)`,

  'a function is written in a language without bounds': `
    select pg_proc.oid::regprocedure::text as way from pg_proc
    join pg_namespace on pg_namespace.oid = pg_proc.pronamespace
    join pg_language on pg_language.oid = pg_proc.prolang
    where ${ourSchemas} and not pg_language.lanpltrusted and has_function_privilege(${role}, pg_proc.oid, 'execute')`,

  'another server can be asked': `
    select srvname::text as way from pg_foreign_server where has_server_privilege(${role}, oid, 'usage')`,

  'a large object knows no policy': `
    select pg_largeobject_metadata.oid::text as way from pg_largeobject_metadata
    cross join lateral aclexplode(pg_largeobject_metadata.lomacl) granted
    where granted.grantee in (0, ${role}::regrole)
    union all
    select 'any of them' where current_setting('lo_compat_privileges')::boolean`,

  'a key tells what other tenants have': `
    select pg_index.indexrelid::regclass::text as way from (${relation}) relation
    join pg_index on pg_index.indrelid = relation.oid
    where relation.usable and relation.tenants and (pg_index.indisunique or pg_index.indisexclusion)
      and not exists (select from pg_attribute where pg_attribute.attrelid = relation.oid
        and pg_attribute.attname = 'tenant_id' and pg_attribute.attnum = any(pg_index.indkey))`,

  'a reference tells what other tenants have': `
    select pg_constraint.conname || ' on ' || own.name as way from pg_constraint
    join (${relation}) own on own.oid = pg_constraint.conrelid
    join (${relation}) referred on referred.oid = pg_constraint.confrelid
    where pg_constraint.contype = 'f' and own.usable and own.tenants and referred.tenants
      and not exists (select from unnest(pg_constraint.conkey, pg_constraint.confkey) pair(here, there)
        join pg_attribute here on here.attrelid = own.oid and here.attnum = pair.here and here.attname = 'tenant_id'
        join pg_attribute there on there.attrelid = referred.oid and there.attnum = pair.there and there.attname = 'tenant_id')`,

  'a language reaches outside the database': `
    select lanname::text as way from pg_language
    where not lanpltrusted and lanispl and has_language_privilege(${role}, oid, 'usage')`,

  'a rule acts with its owner\'s rights': `
    select pg_rewrite.rulename || ' on ' || pg_rewrite.ev_class::regclass as way from pg_rewrite
    join (${relation}) relation on relation.oid = pg_rewrite.ev_class
    where pg_rewrite.rulename <> '_RETURN'`,

  'what is made next is granted by default': `
    select pg_default_acl.defaclobjtype::text as way from pg_default_acl
    cross join lateral aclexplode(pg_default_acl.defaclacl) granted
    where granted.grantee in (0, ${role}::regrole)`,

  'something can be made': `
    select 'in schema ' || nspname as way from pg_namespace
    where ${ourSchemas} and has_schema_privilege(${role}, oid, 'create')
    union all
    select 'schemas' where has_database_privilege(${role}, current_database(), 'create')`,
};

