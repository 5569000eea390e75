import { SetUpError } from './set-up-error';

/**
 * Runs a call about the secret `id`; a failure whose remedy is known is thrown as {@link SetUpError}. AWS' own messages name
 * actions, roles and keys, never contents.
 */
export async function explainedByAws<T>(id: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw (error instanceof Error ? explain(id, error) : undefined) ?? error;
  }
}

const CREDENTIAL_FAILURES = new Set([
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
]);
const NETWORK_FAILURES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

function explain(id: string, error: Error): SetUpError | undefined {
  const { name, message } = error;
  const isAboutKey = name === 'DecryptionFailure' || name === 'EncryptionFailure' || /\bKMS\b/.test(message);
  if (isAboutKey)
    return new SetUpError(
      'SECRETS_KEY_UNUSABLE',
      `The KMS key of the secret ${id} cannot be used: ${message} Expected an enabled key that the role of the set-up task ` +
        'may use (kms:Decrypt, kms:GenerateDataKey). Check the state of the key, its policy and the policy of the role.',
      error,
    );
  if (name === 'AccessDeniedException')
    return new SetUpError(
      'SECRETS_ACCESS_DENIED',
      `AWS does not let this task use the secret ${id}: ${message} Expected a role with secretsmanager:DescribeSecret, ` +
        'GetSecretValue and PutSecretValue on it. AWS answers the same for a secret that does not exist: check ' +
        'TIDEGATE_PROJECT, TIDEGATE_ENVIRONMENT and AWS_REGION too, then the policy of the task role.',
      error,
    );
  if (CREDENTIAL_FAILURES.has(name))
    return new SetUpError(
      'AWS_CREDENTIALS_INVALID',
      `AWS does not accept the credentials of this process (${name}), expected those of the role of the set-up task. ` +
        'Run it as that ECS task, or with AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of an account that may read and fill the secrets.',
      error,
    );
  const { code } = error as { code?: string };
  if (name === 'TimeoutError' || (code !== undefined && NETWORK_FAILURES.has(code)))
    return new SetUpError(
      'SECRETS_MANAGER_UNREACHABLE',
      `Secrets Manager does not answer (${code ?? name}), expected a way to it from the subnet of the task. ` +
        'Check the NAT or the VPC endpoint of Secrets Manager, the egress rules of the security group, and AWS_REGION.',
      error,
    );
  return undefined;
}
