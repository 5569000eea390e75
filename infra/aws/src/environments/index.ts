export {
  environmentSchema,
  namespaceOf,
  prefixOf,
  type Environment,
  type EnvironmentInput,
} from './environment.schema';
export { ENVIRONMENT_NAMES, loadEnvironment } from './load-environment';
