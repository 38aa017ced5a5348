import { type Fields, RowProblem, shown } from './fields';

/** A row as it is loaded: sound in itself, spelled in one way, an empty field null. */
export type Row = Record<string, string | null>;

/** One file of a bundle: its columns, and what makes a row of it sound. What it refers to is looked up later. */
export interface Shape {
  file: string;
  columns: readonly string[];
  optional: readonly string[];
  read(fields: Fields): Row;
}

const groupTypes = ['country', 'state', 'district', 'school_district', 'block', 'cluster', 'school'];
const roles = ['LEARNER', 'TEACHER', 'OFFICER', 'ORG_ADMIN', 'SUPER_ADMIN', 'PARTNER'];

export const platformTenant = 'platform';

const tenants: Shape = {
  file: 'tenants.csv',
  columns: ['tenant_id', 'name', 'applicable_hierarchy_id', 'time_zone'],
  optional: [],
  read: fields => ({
    tenant: fields.required('tenant_id'),
    name: fields.required('name'),
    hierarchy: fields.required('applicable_hierarchy_id'),
    time_zone: timeZone(fields.required('time_zone')),
  }),
};

const hierarchies: Shape = {
  file: 'hierarchies.csv',
  columns: ['hierarchy_id', 'name', 'description'],
  optional: [],
  read: fields => ({
    hierarchy: fields.required('hierarchy_id'),
    name: fields.required('name'),
    description: fields.prose('description'),
  }),
};

const levels: Shape = {
  file: 'levels.csv',
  columns: ['hierarchy_id', 'sequence', 'name', 'type', 'stored'],
  optional: ['provider_type', 'provider_level'],
  read: fields => ({
    hierarchy: fields.required('hierarchy_id'),
    sequence: fields.count('sequence'),
    name: fields.required('name'),
    type: levelType(fields),
    stored: fields.boolean('stored'),
    ...(fields.has('provider_type') ? { provider_type: fields.optional('provider_type') } : {}),
    ...(fields.has('provider_level') ? { provider_level: fields.optionalCount('provider_level') } : {}),
  }),
};

const groups: Shape = {
  file: 'groups.csv',
  columns: ['tenant_id', 'group_id', 'type', 'name', 'code'],
  optional: [],
  read: fields => ({
    tenant: fields.required('tenant_id'),
    group_id: fields.required('group_id'),
    type: fields.oneOf('type', groupTypes),
    name: fields.required('name'),
    code: fields.optional('code'),
  }),
};

const users: Shape = {
  file: 'users.csv',
  columns: ['tenant_id', 'user_id', 'login', 'role', 'given_name', 'family_name'],
  optional: [],
  read: fields => {
    const tenant = fields.required('tenant_id');
    return {
      tenant,
      user_id: fields.required('user_id'),
      login: fields.required('login'),
      roles: readRoles(fields.required('role'), tenant),
      given_name: fields.optional('given_name'),
      family_name: fields.optional('family_name'),
    };
  },
};

const classes: Shape = {
  file: 'classes.csv',
  columns: ['tenant_id', 'class_id', 'name', 'code', 'grade', 'subject', 'school_id', 'active'],
  optional: [],
  read: fields => ({
    tenant: fields.required('tenant_id'),
    class_id: fields.required('class_id'),
    name: fields.required('name'),
    code: fields.optional('code'),
    grade: fields.optional('grade'),
    subject: fields.optional('subject'),
    school_id: fields.optional('school_id'),
    active: fields.boolean('active'),
  }),
};

const placements: Shape = {
  file: 'placements.csv',
  columns: ['tenant_id', 'hierarchy_id', 'child_type', 'child_id', 'parent_type', 'parent_id'],
  optional: [],
  read: fields => {
    const childType = fields.oneOf('child_type', [...groupTypes, 'class']);
    const child = { child_type: childType, child_id: fields.required('child_id') };
    return {
      tenant: fields.required('tenant_id'),
      hierarchy: fields.required('hierarchy_id'),
      ...child,
      ...parentOf(fields, child),
    };
  },
};

/** Schools under their countries: placements of the SAP hierarchy. */
const countrySchools: Shape = {
  file: 'country_school_mapping.csv',
  columns: ['tenant_id', 'country_id', 'school_id'],
  optional: [],
  read: fields => ({
    tenant: fields.required('tenant_id'),
    hierarchy: 'sap',
    child_type: 'school',
    child_id: fields.required('school_id'),
    parent_type: 'country',
    parent_id: fields.required('country_id'),
  }),
};

const grants: Shape = {
  file: 'grants.csv',
  columns: ['tenant_id', 'user_id', 'group_type', 'group_id'],
  optional: [],
  read: fields => ({
    tenant: fields.required('tenant_id'),
    user_id: fields.required('user_id'),
    group_type: fields.oneOf('group_type', groupTypes),
    group_id: fields.required('group_id'),
  }),
};

const enrolments: Shape = {
  file: 'enrolments.csv',
  columns: ['tenant_id', 'class_id', 'user_id', 'type', 'status', 'enrolled_at'],
  optional: ['ended_at'],
  read: fields => {
    const status = fields.oneOf('status', ['ACTIVE', 'INACTIVE', 'WITHDRAWN']);
    const ended = fields.optionalMoment('ended_at');
    if (status === 'ACTIVE' && ended !== null) {
      const came = `${shown(ended)} came`;
      throw new RowProblem(`ended_at: expected an empty field, since an ACTIVE enrolment has not ended; ${came}`);
    }
    return {
      tenant: fields.required('tenant_id'),
      class_id: fields.required('class_id'),
      user_id: fields.required('user_id'),
      type: fields.oneOf('type', ['TEACHER', 'STUDENT']),
      status,
      enrolled_at: fields.moment('enrolled_at'),
      ended_at: ended,
    };
  },
};

const competencies: Shape = {
  file: 'competencies.csv',
  columns: ['tenant_id', 'framework', 'subject', 'grade', 'competency', 'title'],
  optional: [],
  read: fields => ({
    tenant: fields.required('tenant_id'),
    framework: fields.required('framework'),
    subject: fields.optional('subject'),
    grade: fields.optional('grade'),
    competency: fields.required('competency'),
    title: fields.requiredProse('title'),
  }),
};

export const shapes = {
  tenants, hierarchies, levels, groups, users, classes, placements, countrySchools, grants, enrolments, competencies,
};

/** An IANA name; whether the database knows it too is seen there. An offset is none: it has no summer time. */
function timeZone(name: string): string {
  try {
    if (!/^[A-Za-z]/.test(name)) throw new RangeError(name);
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw new RowProblem(`time_zone: expected an IANA time zone such as Asia/Kolkata; ${shown(name)} came`);
  }
}

function levelType(fields: Fields): string {
  if (fields.optional('type') === 'class') {
    const unlisted = 'which is the last level of every hierarchy, unlisted';
    throw new RowProblem(`type: expected a type of group; 'class' came, ${unlisted}`);
  }
  return fields.oneOf('type', groupTypes);
}

/** In the order in which the roles are declared, so that the same roles are always the same text. */
function readRoles(text: string, tenant: string): string {
  const given = new Set(text.split('|').map(role => role.trim()).filter(Boolean));
  const unknown = [...given].find(role => !roles.includes(role));
  if (unknown !== undefined || given.size === 0) {
    const expected = `one or more of ${roles.join(', ')}, separated by |`;
    throw new RowProblem(`role: expected ${expected}; ${shown(unknown ?? text)} came`);
  }
  if (given.has('SUPER_ADMIN') && tenant !== platformTenant) {
    const alone = `in the tenant '${platformTenant}' alone`;
    throw new RowProblem(`role: expected SUPER_ADMIN ${alone}; it came in ${shown(tenant)}`);
  }
  return roles.filter(role => given.has(role)).join('|');
}

function parentOf(fields: Fields, child: { child_type: string; child_id: string }): Row {
  const id = fields.optional('parent_id');
  if (id === null) {
    if (child.child_type !== 'class') return { parent_type: null, parent_id: null };
    throw new RowProblem('parent_id: expected the group under which the class is placed; the field is empty');
  }
  if (fields.optional('parent_type') === 'class') {
    throw new RowProblem(
      "parent_type: expected a type of group; 'class' came. Nothing can be placed under a class, "
        + `and ${shown(id)} is one`,
    );
  }
  const type = fields.oneOf('parent_type', groupTypes);
  if (type === child.child_type && id === child.child_id) {
    throw new RowProblem(`parent_id: expected another group; the ${type} ${shown(id)} under itself would make a ring`);
  }
  return { parent_type: type, parent_id: id };
}
