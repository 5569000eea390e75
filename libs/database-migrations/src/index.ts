export { apiMigrations } from './api-migrations';
export { loggingMigrations } from './logging-migrations';
