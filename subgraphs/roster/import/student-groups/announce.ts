import { createArrivals } from '../../../shared/queue/arrivals';

/** Files in line. */
export const arrivedImports = createArrivals();
