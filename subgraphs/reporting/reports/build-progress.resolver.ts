import { Ctx, Query, Resolver } from 'type-graphql';
import type { ReportingContext } from '../context';
import { BuildProgress } from './build-progress.type';

@Resolver(() => BuildProgress)
export class BuildProgressResolver {
  @Query(() => BuildProgress, {
    nullable: true,
    description: "ORG_ADMIN: how far the making of the tenant's stored aggregates is; null while none are being made.",
  })
  buildProgress(@Ctx() { loaders }: ReportingContext): Promise<BuildProgress | null> {
    return loaders.buildProgress();
  }
}
