import { Database } from '../subgraphs/shared/database/database';
import { isBehindPgBouncer } from './database';

/** For processes that tests start, which jest prepares nothing for: through PgBouncer nothing stands ready by name. */
if (isBehindPgBouncer()) Database.prepares = false;
