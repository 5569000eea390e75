import type { Environment } from '../environments';
import type { ServiceDefinition } from '../services/service-definition';
import type { AppFacts } from './app-facts';
import { databaseProblems } from './database.check';
import { edgeProblems } from './edge.check';
import type { Problem } from './problem';
import { serviceListProblems, servedProblems } from './services.check';
import { addedSettingProblems, settingProblems } from './settings.check';
import { stoppingProblems } from './stopping.check';
import { storageProblems } from './storage.check';
import { taskProblems } from './tasks.check';

/** Every mistake that shows without asking AWS. */
export function environmentProblems(
  environment: Environment,
  services: readonly ServiceDefinition[],
  apps: AppFacts,
): Problem[] {
  return [
    ...edgeProblems(environment),
    ...storageProblems(environment),
    ...databaseProblems(environment, services),
    ...taskProblems(environment, services),
    ...stoppingProblems(environment, apps),
    ...serviceListProblems(environment, services),
    ...servedProblems(services, apps),
    ...settingProblems(environment, services),
    ...addedSettingProblems(environment, services, apps),
  ];
}
