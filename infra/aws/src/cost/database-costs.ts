import type { Environment } from '../environments';
import { allMonth, costLine, type CostLine } from './cost-line';
import { DATABASE_CLASS_PRICES, PRICES, priceOf, REDIS_NODE_PRICES } from './prices';

/** PostgreSQL and, where there is one, Redis. Backups as large as the storage are free. */
export function databaseCosts({ database, redis }: Environment): CostLine[] {
  const zones = database.isMultiAz ? 2 : 1;
  const lines = [
    allMonth({
      group: 'Database',
      what: `PostgreSQL ${database.instanceClass}, ${zones === 2 ? 'two zones' : 'one zone'}`,
      quantity: zones,
      price: priceOf(DATABASE_CLASS_PRICES, database.instanceClass),
      pays: ['aws_db_instance'],
    }),
    costLine({
      group: 'Database',
      what: 'its storage, gp3',
      quantity: zones * database.storageGib,
      price: PRICES.databaseStorage,
      pays: ['aws_db_instance'],
    }),
  ];
  if (redis === undefined) return lines;
  return [
    ...lines,
    allMonth({
      group: 'Redis',
      what: `Redis ${redis.nodeType}`,
      quantity: redis.nodeCount,
      price: priceOf(REDIS_NODE_PRICES, redis.nodeType),
      pays: ['aws_elasticache_replication_group'],
    }),
  ];
}
