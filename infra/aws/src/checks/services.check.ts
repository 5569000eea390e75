import { prefixOf, type Environment } from '../environments';
import type { ServiceDefinition } from '../services/service-definition';
import type { AppFacts } from './app-facts';
import type { Problem } from './problem';

/** AWS allows so many characters in the name of a target group or load balancer. */
const LOAD_BALANCER_NAME_LENGTH = 32;

/** The list of services: their names, and who calls whom. */
export function serviceListProblems(
  environment: Environment,
  services: readonly ServiceDefinition[],
): Problem[] {
  const names = services.map(({ name }) => name);
  return [
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => ({
        what: `Two services are called "${name}".`,
        expected: 'a name of its own for each: it is the ECS service, the image and the DNS name.',
        remedy: 'Rename one in infra/aws/src/services.',
      })),
    ...services.flatMap(({ name, calledBy }) =>
      calledBy
        .filter((caller) => !names.includes(caller))
        .map((caller) => ({
          what: `${name} is called by "${caller}", which does not exist.`,
          expected: `callers among ${names.join(', ')}.`,
          remedy: `Correct calledBy in infra/aws/src/services/${name}.ts.`,
        })),
    ),
    ...names
      .map((name) => `${prefixOf(environment)}-${name}`)
      .filter((name) => name.length > LOAD_BALANCER_NAME_LENGTH)
      .map((name) => ({
        what: `The target group ${name} would have a name of ${name.length} characters.`,
        expected: `at most ${LOAD_BALANCER_NAME_LENGTH}.`,
        remedy: 'Shorten the project, the name of the environment or of the service.',
      })),
  ];
}

/** Ports and paths of the health checks and routes, against what the apps serve. MLflow is no app of ours. */
export function servedProblems(services: readonly ServiceDefinition[], { apps }: AppFacts): Problem[] {
  return services
    .filter(({ healthCommand }) => healthCommand[1] === 'node')
    .flatMap((service) => {
      const { name, port, healthCommand, publicRoutes } = service;
      const remedy = `Correct infra/aws/src/services/${name}.ts, or the app in apps/${name}.`;
      const app = apps[name];
      if (app === undefined)
        return [{ what: `There is no app ${name}.`, expected: `a folder apps/${name}.`, remedy }];
      const [checkedPort, checkedPath] = healthCommand.slice(-2);
      const ports = [port, Number(checkedPort)].filter((used) => used !== app.port);
      const paths = [checkedPath, publicRoutes?.healthPath].filter(
        (path) => path !== undefined && !app.paths.includes(path),
      );
      const routes = (publicRoutes?.paths ?? []).filter((route) => !isServed(route, app.paths));
      return [
        ...ports.map((used) => ({
          what: `${name} is called or checked on port ${used}.`,
          expected: `port ${app.port}, where the app listens.`,
          remedy,
        })),
        ...[...paths, ...routes].map((path) => ({
          what: `${name} is asked for ${path}, which it does not serve: every task would be taken for ill, or answer 404.`,
          expected: `one of ${app.paths.join(', ')}.`,
          remedy,
        })),
      ];
    });
}

/** `/api/*` is when something below is. */
function isServed(route: string, paths: readonly string[]): boolean {
  return route.endsWith('*')
    ? paths.some((path) => path.startsWith(route.slice(0, -1)))
    : paths.includes(route);
}
