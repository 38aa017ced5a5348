import type { Session } from '../../../../shared/database/session';
import { readOrgTypes, type KnownOrgType } from './org-types';

export const orgTypesLoader = ({ session }: { session: Session }) => ({
  orgTypes: async (): Promise<KnownOrgType[]> => (await readOrgTypes(await session.read())).orgTypes,
});
