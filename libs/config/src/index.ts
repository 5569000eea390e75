export { ConfigError } from './config-error';
export { secret, setting, type Field } from './field';
export { loadConfig, type ConfigOf, type Environment, type Fields } from './load-config';
export { serviceFields } from './service-fields';
export {
  durationMs,
  flag,
  httpUrl,
  integer,
  json,
  list,
  optional,
  port,
  postgresUrl,
  withDefault,
} from './value-schemas';
