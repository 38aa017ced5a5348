import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { Student } from '../people/student.type';

@Directive('@key(fields: "id")')
@ObjectType({
  description:
    "A named set of students for certain users (a counselling group, say): no node of any hierarchy. Its users may see its " +
    "students' own results and the group's figures; that adds to their grants and never takes away. Name, school and " +
    'school year identify it.',
})
export class StudentGroup {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Int, { description: '2018 for 2017-18.' })
  schoolYear!: number;

  @Field(() => String, { nullable: true, description: 'All, Math or ELA; null where no file has said so.' })
  subject!: string | null;
}

@ObjectType()
export class StudentGroupConnection extends connectionOf<StudentGroup>(() => StudentGroup) {}

@ObjectType()
export class StudentConnection extends connectionOf<Student>(() => Student) {}
