import { Directive, ObjectType } from 'type-graphql';
import { NamedPerson } from './named-person.type';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A person who learns: with the role LEARNER, or enrolled in a class as a student.' })
export class Student extends NamedPerson {}
