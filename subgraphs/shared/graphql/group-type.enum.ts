import { registerEnumType } from 'type-graphql';

export enum GroupType {
  country = 'country',
  state = 'state',
  district = 'district',
  school_district = 'school_district',
  block = 'block',
  cluster = 'cluster',
  school = 'school',
  class = 'class',
}

registerEnumType(GroupType, {
  name: 'GroupType',
  description: 'What a group is; class is the leaf of every hierarchy and no group.',
});
