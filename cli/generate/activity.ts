import type { BundleFiles } from './bundle-files';
import { dateOf, isWeekend, zoneOffset } from './calendar';
import { EventMaker } from './event-maker';
import { isActive, type Plan } from './plan';
import { hash, Random, seedFor, signed } from './random';

/** At weekends there is hardly any. */
const WEEKEND = 0.08;

/** Day by day, and within a day class by class: as it would have arrived. */
export async function writeActivity(files: BundleFiles, plan: Plan): Promise<void> {
  const seed = seedFor(plan.seed, 'activity');
  const random = new Random(0);
  const maker = new EventMaker(plan, random);
  const busyness = schoolBusyness(plan);
  const stops = plan.firstDay + Math.floor(plan.days * 0.4);
  for (let day = plan.firstDay; day < plan.firstDay + plan.days; day++) {
    const today = hash(seed, day - plan.firstDay);
    const usual = plan.eventsPerSchoolDay * (isWeekend(day) ? WEEKEND : 1);
    maker.startDay({ day, date: dateOf(day), offset: zoneOffset(day, plan.profile.timeZone) });
    for (let c = 0; c < plan.classes; c++) {
      // A class that is no longer active was so for a while.
      if (!isActive(c) && day >= stops) continue;
      random.startAt(hash(today, c));
      const count = Math.floor(usual * busyness[plan.tree.schoolOf[c]!]! + random.unit());
      maker.startClass(c);
      for (let number = 0; number < count; number++) {
        const json = maker.event(number);
        if (json) files.event(json);
      }
      if (c % 64 === 0) await files.room();
    }
    await files.room();
  }
}

/** How much a school does compared with others: one in the mean. */
function schoolBusyness({ seed, tree }: Plan): Float32Array {
  const own = seedFor(seed, 'busyness');
  return Float32Array.from({ length: tree.counts.at(-1)! }, (_, school) => 1 + 0.4 * signed(hash(own, school)));
}
