import DataLoader from 'dataloader';
import { sizes } from './metrics';
import { inSpan } from './tracing';

const batchSizes = sizes('strata_loader_batch_size', 'Keys that a loader looked up at once.', ['loader']);

const known = new Map<string, ReturnType<typeof batchSizes.labels>>();

function sizesOf(name: string): ReturnType<typeof batchSizes.labels> {
  let sizes = known.get(name);
  if (!sizes) known.set(name, (sizes = batchSizes.labels(name)));
  return sizes;
}

/** A DataLoader whose batches are counted and traced under its name. Each operation makes its own. */
export class Loader<Key, Value, CacheKey = Key> extends DataLoader<Key, Value, CacheKey> {
  constructor(
    name: string,
    batch: DataLoader.BatchLoadFn<Key, Value>,
    options?: DataLoader.Options<Key, Value, CacheKey>,
  ) {
    super(keys => {
      sizesOf(name).observe(keys.length);
      return inSpan(
        () => ({ name: `load ${name}`, attributes: { 'strata.loader': name, 'strata.batch_size': keys.length } }),
        async () => batch(keys),
      );
    }, options);
  }
}
