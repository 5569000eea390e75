import type { AssignPublicIp, NetworkConfiguration } from '@aws-sdk/client-ecs';
import { CommandError } from '../command-error';
import type { SetupDefinition } from './setup-definition';

/**
 * Where the task runs, from the tags the foundation stack gives its definition: `tidegate:subnets` and
 * `tidegate:security-groups` (ids, separated by spaces), `tidegate:assign-public-ip` (ENABLED or DISABLED).
 *
 * @throws CommandError when a tag is missing
 */
export function networkOf({ arn, tags }: SetupDefinition): NetworkConfiguration {
  const valueOf = (name: string): string => {
    const value = tags.find(({ key }) => key === `tidegate:${name}`)?.value;
    if (value !== undefined && value !== '') return value;
    throw new CommandError(
      `${arn} has no tag tidegate:${name}, so it is not known where the task is to run. ` +
        'Expected the one of this version: deploy the foundation stack again.',
    );
  };
  return {
    awsvpcConfiguration: {
      subnets: valueOf('subnets').split(' '),
      securityGroups: valueOf('security-groups').split(' '),
      assignPublicIp: valueOf('assign-public-ip') as AssignPublicIp,
    },
  };
}
