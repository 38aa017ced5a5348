import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { seesNothing, wholeViewId, type Node } from '../../hierarchy/published';
import { roleNames } from '../../shared/access/roles';
import { forbidden } from '../../shared/errors';
import { Interval, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { ProvenanceSource } from '../../shared/graphql/provenance.type';
import { Role } from '../../shared/graphql/role.enum';
import { DateScalar } from '../../shared/graphql/scalars';
import type { ReportingContext } from '../context';
import { provenanceOfLearners } from '../learners/learner-figures.resolver';
import { nodeReference } from '../reports/node-figures.resolver';
import { pageOfAtRisk } from './at-risk';
import { StudentAtRiskConnection } from './cohort.type';
import { LearnersPoint } from './figures.type';
import { OrganisationAnalytics, Users } from './organisation-analytics.type';
import { freshnessOf } from './freshness';
import { averagesOf, learnersPoints } from './shown-cohort';
import { windowsOf, windowThrough } from './windows';

/** With the node as it was found. */
export type SeenOrganisation = OrganisationAnalytics & { readonly of: Node };

@Resolver(() => OrganisationAnalytics)
export class OrganisationAnalyticsResolver {
  @Query(() => OrganisationAnalytics, {
    nullable: true,
    description:
      'The figures of the four weeks that end with a day, today when omitted, of a node the caller may see; without ' +
      'nodeId of all they see: the tenant, or what is granted to them. ORG_ADMIN and OFFICER. Null where there is no such ' +
      'node; BAD_USER_INPUT where the day is to come; TOO_LARGE where too many learners would have to be looked at.',
  })
  async organisationAnalytics(
    @Arg('nodeId', () => ID, { nullable: true }) nodeId: string | null | undefined,
    @Arg('hierarchyId', () => ID, { nullable: true }) hierarchyId: string | null | undefined,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<SeenOrganisation | null> {
    const { loaders, caller } = context;
    const window = windowThrough(asOf, (await loaders.todayAndRisk()).today);
    const { key: hierarchyKey } = await loaders.nodes.hierarchy(hierarchyId);
    const view = await loaders.nodes.view(hierarchyKey);
    if (!nodeId && seesNothing(view)) throw forbidden('Nothing is granted to you: there is nothing to show figures of.');
    const node = await loaders.nodes.node({ id: nodeId ?? wholeViewId(caller, view), hierarchyKey });
    if (!node) return null;
    const { rows: [row = null], asOf: [moment], stored } = await loaders.cohortRows.load({ set: { node }, windows: [window] });
    return {
      of: node,
      node: nodeReference(node),
      ...window,
      learners: row?.learners ?? 0,
      activeLearners: row?.activeLearners ?? 0,
      averages: averagesOf(row, window),
      atRiskCount: row?.atRisk ?? 0,
      lastActivity: row?.lastDay ?? null,
      provenance: {
        ...(await provenanceOfLearners(context)),
        ...(stored ? { source: ProvenanceSource.STORED, storedLevel: 'tenant' } : {}),
        ...{ asOf: moment!, freshness: freshnessOf(moment!, context.now) },
      },
    };
  }

  @FieldResolver(() => Users, {
    description: 'Of the tenant all users, else who is enrolled in an active class at or below the node; as they are now.',
  })
  async users(@Root() { of, from, through }: SeenOrganisation, @Ctx() { loaders }: ReportingContext): Promise<Users> {
    const rows = await loaders.users(of, { from, through });
    const { total = 0, active = 0 } = rows.find(row => row.role === null) ?? {};
    const ofRole = (name: string) => rows.find(row => row.role === name);
    const byRole = roleNames.filter(ofRole).map(name => ({ ...ofRole(name)!, role: Role[name] }));
    return { total, active, byRole };
  }

  @FieldResolver(() => StudentAtRiskConnection, { description: 'By family name, given name and login. first is 0 to 1000.' })
  studentsAtRisk(
    @Root() { of, from, through }: SeenOrganisation,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<StudentAtRiskConnection> {
    return pageOfAtRisk({ node: of }, { window: { from, through }, first, after }, context);
  }

  @FieldResolver(() => [LearnersPoint], {
    nullable: true,
    description:
      'One point for every interval that overlaps the period, the outer two clipped to it. Points are not added up. ' +
      'BAD_USER_INPUT where the period ends after today.',
  })
  async trend(
    @Root() { of }: SeenOrganisation,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('interval', () => Interval) interval: Interval,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<LearnersPoint[]> {
    const windows = windowsOf(period, { interval, today: (await loaders.todayAndRisk()).today });
    return learnersPoints(await loaders.cohortRows.load({ set: { node: of }, windows }), windows);
  }
}
