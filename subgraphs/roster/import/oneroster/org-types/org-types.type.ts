import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { GroupType } from '../../../../shared/graphql/group-type.enum';

export enum OrgType {
  national = 'national',
  state = 'state',
  district = 'district',
  local = 'local',
  school = 'school',
  department = 'department',
}

registerEnumType(OrgType, { name: 'OrgType', description: 'What an org of a OneRoster bundle is.' });

@ObjectType({ description: 'What orgs of a type become when a OneRoster bundle is imported.' })
export class OrgTypeMapping {
  @Field(() => OrgType)
  orgType!: OrgType;

  @Field(() => GroupType, {
    nullable: true,
    description:
      'The type of the groups that they become. Null: they are passed over, and what is below them hangs under what is '
      + "above them. Groups of a type that is no level of the tenant's own hierarchy are made, and have no place there.",
  })
  groupType!: GroupType | null;

  @Field(() => Boolean, { description: 'Whether the tenant has left it as it was: at the level of that name in its own hierarchy.' })
  isDefault!: boolean;
}

@InputType()
export class OrgTypeInput {
  @Field(() => OrgType)
  orgType!: OrgType;

  @Field(() => GroupType, { nullable: true, description: 'Null or absent: orgs of this type are passed over. Never class.' })
  groupType?: GroupType | null;
}
