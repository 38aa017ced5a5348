import { Field, ObjectType, type ClassType } from 'type-graphql';
import { PageInfo } from './page-info.type';
import { SafeInt } from './scalars';

/** The type of a page of a list: `class ThingConnection extends connectionOf(() => Thing) {}`. */
export function connectionOf<Node extends object>(node: () => ClassType<Node>, { total }: { total?: string } = {}) {
  @ObjectType()
  abstract class Connection {
    @Field(() => [node()])
    nodes!: Node[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => SafeInt, total === undefined ? {} : { description: total })
    totalCount!: number;
  }
  return Connection;
}
