export { type AnsweredRequest, logRequest } from './access-log';
export { BodyBudget } from './body-budget';
export { internalTokenCheck } from './internal-token.hook';
export { sendProblem } from './problem.filter';
export { requestIdOf } from './request-id';
export { runMain } from './run-main';
export {
  startService,
  type RunningService,
  type ServiceDefinition,
  type ServiceSettings,
} from './start-service';
export { TIDEGATE_VERSION } from './version';
