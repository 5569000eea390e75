import { ECSClient } from '@aws-sdk/client-ecs';
import type { Clock } from '@tidegate/clock';
import type { Installation } from '../installation';
import { readServices } from '../services/read-services';
import { StatusReader } from '../status/read-status';
import { type Check, failed, passed } from './check';
import { logCheck } from './log-check';

/**
 * The services as ECS and the load balancer see them: tasks, deployments, targets; and what each wrote.
 *
 * @throws CommandError when nothing is deployed
 */
export async function installationChecks(installation: Installation, clock: Clock): Promise<Check[]> {
  const services = await readServices(new ECSClient({ region: installation.region }), installation);
  return [
    {
      part: 'ECS',
      expected: 'every service runs its tasks, and every target of the load balancer is healthy',
      remedy: `"tidegate diagnose ${installation.environment} <service>" looks for the cause.`,
      needsKey: false,
      look: async () => {
        const services = await new StatusReader(installation).read();
        const problems = services.flatMap(({ name, problems }) => problems.map((one) => `${name}: ${one}`));
        return problems.length === 0
          ? passed(services.map(({ name, running }) => `${name} ${running}`).join(', '))
          : failed(problems.join('; '));
      },
    },
    ...services.map((service) => logCheck(installation, service, clock)),
  ];
}
