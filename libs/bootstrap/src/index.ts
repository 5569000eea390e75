export { sendProblem } from './problem.filter';
export { runMain } from './run-main';
export {
  startService,
  type RunningService,
  type ServiceDefinition,
  type ServiceSettings,
} from './start-service';
export { TIDEGATE_VERSION } from './version';
