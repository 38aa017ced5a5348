import { selectLevels, selectOwnHierarchy, type HierarchyRow } from '../../../../hierarchy/published';
import type { Transaction } from '../../../../shared/database/database';
import { badInput } from '../../../../shared/errors';
import { defaultGroupType, orgTypes, type OrgTypeName } from './defaults';
import { selectOwnOrgTypes, upsertOrgTypes } from './org-types.queries';

export interface KnownOrgType {
  orgType: OrgTypeName;
  /** Null: orgs of this type are passed over, what is below them hangs under what is above them. */
  groupType: string | null;
  isDefault: boolean;
}

export interface OwnHierarchy {
  hierarchy: HierarchyRow;
  levels: { type: string; sequence: number }[];
  orgTypes: KnownOrgType[];
}

/** The tenant's own hierarchy, and what each org type becomes there. */
export async function readOrgTypes(tx: Transaction): Promise<OwnHierarchy> {
  const hierarchy = await selectOwnHierarchy(tx);
  const levels = (await selectLevels(tx, [hierarchy.id])).map(({ type, sequence }) => ({ type, sequence }));
  const own = await selectOwnOrgTypes(tx);
  const types = levels.map(({ type }) => type);
  return {
    hierarchy,
    levels,
    orgTypes: orgTypes.map(orgType => ({
      orgType,
      groupType: own.has(orgType) ? own.get(orgType)! : defaultGroupType(orgType, types),
      isDefault: !own.has(orgType),
    })),
  };
}

/** What is not named stays as it is. */
export async function setOrgTypes(
  tx: Transaction,
  types: readonly { orgType: string; groupType?: string | null }[],
): Promise<void> {
  const said = types.map(({ orgType, groupType = null }) => {
    if (groupType === 'class') throw badInput('An org becomes a group; class is the type of the leaves below them.');
    return { orgType: orgType as OrgTypeName, groupType };
  });
  const twice = said.find(({ orgType }, index) => said.findIndex(other => other.orgType === orgType) !== index);
  if (twice) throw badInput(`Each org type is to be named once; ${twice.orgType} came several times.`);
  await upsertOrgTypes(tx, said);
}
