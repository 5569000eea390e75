import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** What is known of a secret; a value never leaves this file. */
export type SecretFacts =
  | { readonly state: 'missing' | 'deleted' | 'empty' | 'unreadable' }
  /** Names of the fields it has, and of those whose text is not empty. */
  | { readonly state: 'filled'; readonly fields: readonly string[]; readonly withText: readonly string[] };

export async function secretFacts(client: SecretsManagerClient, name: string): Promise<SecretFacts> {
  const state = await secretState(client, name);
  if (state !== 'filled') return { state };
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  const content = readObject(SecretString);
  if (content === undefined) return { state: 'unreadable' };
  const fields = Object.keys(content);
  return {
    state,
    fields,
    withText: fields.filter((field) => typeof content[field] === 'string' && content[field] !== ''),
  };
}

/** Whether a secret is there and has a value, without reading it. */
export async function secretState(
  client: SecretsManagerClient,
  name: string,
): Promise<'missing' | 'deleted' | 'empty' | 'filled'> {
  try {
    const { DeletedDate, VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: name }),
    );
    if (DeletedDate !== undefined) return 'deleted';
    return Object.values(VersionIdsToStages).flat().includes('AWSCURRENT') ? 'filled' : 'empty';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'missing';
    throw error;
  }
}

/** Without the parser's message, which would show what it read. */
function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null && !Array.isArray(content)
      ? (content as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
