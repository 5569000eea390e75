export { checkDatabase, type DatabaseCheck } from './check-database';
export { clientConfig, createPool, type PoolOptions } from './create-pool';
export { DatabaseUnavailable, orUnavailable, unavailabilityOf } from './database-unavailable';
export { migrate, type MigrateOptions, type Migrations } from './migrate';
export { isRefusedData } from './refused-data';
export { inTransaction } from './transaction';
