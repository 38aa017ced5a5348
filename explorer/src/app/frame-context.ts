import { createContext, useContext } from 'react';
import type { FrameQuery, Role } from '../graph/operations';
import { todayIn } from '../texts/format';

/** What every page knows: who asks, the hierarchies, the tenant's settings. */
export interface FrameData {
  viewer: NonNullable<FrameQuery['viewer']>;
  hierarchies: NonNullable<FrameQuery['hierarchies']>;
  settings: FrameQuery['tenantSettings'];
  routes: readonly string[];
}

export const FrameContext = createContext<FrameData | null>(null);

export function useFrame(): FrameData {
  const frame = useContext(FrameContext);
  if (!frame) throw new Error('a page was shown outside its frame');
  return frame;
}

export const isAdmin = (roles: readonly Role[]): boolean => roles.includes('ORG_ADMIN') || roles.includes('SUPER_ADMIN');

/** Today where the tenant is. */
export const useToday = (): string => todayIn(useFrame().settings.timeZone, new Date());

/** What a hierarchy calls a level, by its type: Module, Nation. */
export function useLevelName(hierarchyId: string | null | undefined): (type: string) => string | undefined {
  const { hierarchies } = useFrame();
  const levels = hierarchies.find(({ id }) => id === hierarchyId)?.levels;
  return type => levels?.find(level => level.type === type)?.name;
}
