import {
  ClientException,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type ECSClient,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { CommandError } from '../command-error';
import type { Installation } from '../command-line';
import type { ReleaseImages } from '../images/release-file';

/** A revision of the set-up task, with where it runs. */
export interface SetupDefinition {
  readonly arn: string;
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/**
 * The newest revision of `<prefix>-setup`.
 *
 * @throws CommandError when there is none
 */
export async function newestSetup(
  ecs: ECSClient,
  { environment, prefix, region }: Installation,
): Promise<SetupDefinition> {
  const family = `${prefix}-setup`;
  try {
    const answer = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }),
    );
    return setupDefinition(answer.taskDefinition, answer.tags);
  } catch (error) {
    if (!(error instanceof ClientException)) throw error;
    throw new CommandError(
      `There is no task definition ${family} in ${region}: ${error.message}. ` +
        `Deploy the stack ${environment}-foundation first; if it is in another region or of another project, say so with --region or --project.`,
    );
  }
}

/** The same task with the images of a release: the same revision when it has them already, else a new one. */
export async function withImages(
  ecs: ECSClient,
  setup: SetupDefinition,
  images: ReleaseImages,
): Promise<SetupDefinition> {
  const imageOf: Readonly<Record<string, string>> = { setup: images.setup, 'mlflow-schema': images.mlflow };
  const { definition, tags } = setup;
  const containers = definition.containerDefinitions ?? [];
  if (containers.every(({ name = '', image }) => imageOf[name] === undefined || imageOf[name] === image))
    return setup;
  const answer = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: definition.family,
      taskRoleArn: definition.taskRoleArn,
      executionRoleArn: definition.executionRoleArn,
      networkMode: definition.networkMode,
      requiresCompatibilities: definition.requiresCompatibilities,
      runtimePlatform: definition.runtimePlatform,
      cpu: definition.cpu,
      memory: definition.memory,
      ephemeralStorage: definition.ephemeralStorage,
      volumes: definition.volumes,
      containerDefinitions: containers.map((container) => ({
        ...container,
        image: imageOf[container.name ?? ''] ?? container.image,
      })),
      tags: [...tags],
    }),
  );
  return setupDefinition(answer.taskDefinition, tags);
}

function setupDefinition(definition: TaskDefinition | undefined, tags: readonly Tag[] = []): SetupDefinition {
  if (definition?.taskDefinitionArn === undefined)
    throw new CommandError('ECS described a task definition without its ARN. Try again.');
  return { arn: definition.taskDefinitionArn, definition, tags };
}
