import { Directive, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar } from './scalars';

export enum ProvenanceSource {
  STORED = 'STORED',
  READ_TIME = 'READ_TIME',
  MIXED = 'MIXED',
}

export enum Freshness {
  FRESH = 'FRESH',
  STALE = 'STALE',
  VERY_STALE = 'VERY_STALE',
}

registerEnumType(ProvenanceSource, {
  name: 'ProvenanceSource',
  description:
    "STORED: the node's own stored rows. READ_TIME: added up from lower nodes or classes. MIXED: both. Activity that was " +
    'accepted and not yet folded into stored rows is always in, and changes nothing here.',
});

registerEnumType(Freshness, { name: 'Freshness', description: 'FRESH under 4 hours, STALE under 24, VERY_STALE beyond.' });

@Directive('@shareable')
@ObjectType({ description: 'Where a number came from.' })
export class Provenance {
  @Field(() => ProvenanceSource)
  source!: ProvenanceSource;

  @Field(() => String, {
    nullable: true,
    description: 'The level whose stored aggregates were read; null when it was the classes themselves.',
  })
  storedLevel!: string | null;

  @Field(() => Date, { description: 'The moment the read saw: everything accepted before it is in the number.' })
  asOf!: Date;

  @Field(() => Freshness, { description: 'Of asOf.' })
  freshness!: Freshness;

  @Field(() => Int, { description: 'Hierarchy.version of the hierarchy that it was read through.' })
  hierarchyVersion!: number;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "Figures of some days before this one have expired by the tenant's retention: they are in no number, and a period " +
      'that begins before it shows what is left. Null where nothing has.',
  })
  completeFrom!: string | null;
}
