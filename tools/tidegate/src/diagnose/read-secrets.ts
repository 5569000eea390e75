import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SecretFact } from './diagnosis-facts';

/** `arn:aws:secretsmanager:<region>:<account>:secret:<name>`, without what ECS adds: field, stage, version. */
const SECRET_ARN = /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+/;

/** Whether the secrets that a container gets are there and have a value; the value itself is not read. */
export async function readSecrets(
  client: SecretsManagerClient,
  { secrets = [] }: ContainerDefinition,
): Promise<readonly SecretFact[]> {
  const variablesOf = new Map<string, string[]>();
  for (const { name = '', valueFrom = '' } of secrets) {
    const [arn] = SECRET_ARN.exec(valueFrom) ?? [];
    if (arn !== undefined) variablesOf.set(arn, [...(variablesOf.get(arn) ?? []), name]);
  }
  return Promise.all(
    [...variablesOf].map(async ([arn, variables]) => ({
      variable: variables.join(', '),
      arn,
      state: await stateOf(client, arn),
    })),
  );
}

async function stateOf(client: SecretsManagerClient, arn: string): Promise<SecretFact['state']> {
  try {
    const { DeletedDate, VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: arn }),
    );
    if (DeletedDate !== undefined) return 'deleted';
    return Object.values(VersionIdsToStages).flat().includes('AWSCURRENT') ? 'present' : 'empty';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'missing';
    throw error;
  }
}
