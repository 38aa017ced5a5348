import { createArrivals } from '../../shared/queue/arrivals';

/** Report files in line. */
export const arrivedExports = createArrivals();
