import type { Installation } from '../installation';
import { StatusReader } from '../status/read-status';
import { type Check, failed, passed } from './check';

/** The services as ECS and the load balancer see them: tasks, deployments, targets. */
export function installationChecks(installation: Installation): Check[] {
  return [
    {
      part: 'ECS',
      expected: 'every service runs its tasks, and every target of the load balancer is healthy',
      remedy: `"tidegate diagnose ${installation.environment} <service>" looks for the cause.`,
      look: async () => {
        const services = await new StatusReader(installation).read();
        const problems = services.flatMap(({ name, problems }) => problems.map((one) => `${name}: ${one}`));
        return problems.length === 0
          ? passed(services.map(({ name, running }) => `${name} ${running}`).join(', '))
          : failed(problems.join('; '));
      },
    },
  ];
}
