export { ConfigError } from './config-error';
export { databaseSettings, type DatabaseAddress, type DatabaseConnection } from './database-settings';
export { form, secret, setting, type Choice, type Field, type Form } from './field';
export { loadConfig, type ConfigOf, type Environment, type Fields } from './load-config';
export { serviceFields } from './service-fields';
export {
  certificateFile,
  durationMs,
  flag,
  hostName,
  httpUrl,
  installationName,
  integer,
  json,
  list,
  networks,
  optional,
  port,
  postgresUrl,
  withDefault,
} from './value-schemas';
