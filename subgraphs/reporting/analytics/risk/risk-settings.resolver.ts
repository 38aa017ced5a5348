import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { ReportingContext } from '../../context';
import { RiskSettings, RiskSettingsInput } from './risk-settings.type';
import { setRiskSettings } from './set-risk-settings';

@Resolver()
export class RiskSettingsResolver {
  @Query(() => RiskSettings, { description: "The caller's tenant's: for everybody whom its analytics are shown to." })
  async riskSettings(@Ctx() { loaders }: ReportingContext): Promise<RiskSettings> {
    return (await loaders.todayAndRisk()).risk;
  }

  @Mutation(() => RiskSettings, {
    description:
      'ORG_ADMIN. CONFLICT where the settings have another version by now, BAD_USER_INPUT where a threshold is out of range.',
  })
  async setRiskSettings(
    @Arg('input', () => RiskSettingsInput) input: RiskSettingsInput,
    @Arg('expectedVersion', () => Int) expectedVersion: number,
    @Ctx() context: ReportingContext,
  ): Promise<RiskSettings> {
    const { inactiveDays = null, minimumAverageScore = null, minimumEngagement = null, minimumMasteryProgress = null } = input;
    const thresholds = { inactiveDays, minimumAverageScore, minimumEngagement, minimumMasteryProgress };
    await context.session.write(tx => setRiskSettings(tx, { thresholds, expectedVersion }));
    return (await context.loaders.todayAndRisk()).risk;
  }
}
