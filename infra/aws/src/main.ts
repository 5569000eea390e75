import { App } from 'cdktf';
import { addStacks } from './app';
import { loadInfraSettings } from './aws-infra.config';
import { environmentProblems, readAppFacts, requireNoProblems, runnerProblems } from './checks';
import { loadEnvironment } from './environments';
import { InfrastructureError } from './infrastructure-error';
import { SERVICES } from './services';

try {
  const { environmentName, environmentChanges, isOnRunner } = loadInfraSettings();
  const environment = loadEnvironment(environmentName, environmentChanges);
  requireNoProblems(environmentName, [
    ...environmentProblems(environment, SERVICES, readAppFacts()),
    ...runnerProblems(environment, isOnRunner),
  ]);
  const app = new App();
  addStacks(app, environment);
  app.synth();
} catch (error) {
  if (!(error instanceof InfrastructureError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
