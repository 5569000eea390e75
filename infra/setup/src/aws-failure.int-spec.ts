import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretStore } from './secret-store';

/** What AWS answers where a simulator has no such failure. */
const answers = {
  denied: {
    __type: 'AccessDeniedException',
    message: 'User: arn:aws:sts::1:role/x is not authorized to perform: secretsmanager:DescribeSecret',
  },
  keyDenied: { __type: 'AccessDeniedException', message: 'Access to KMS is not allowed' },
  keyDisabled: { __type: 'DecryptionFailure', message: 'The KMS key is disabled.' },
  strangerCredentials: {
    __type: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  },
};

describe('failures of Secrets Manager', () => {
  let server: Server;
  let body: object = {};

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  function failureAt(port: number): Promise<unknown> {
    const client = new SecretsManagerClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    return new SecretStore(client, 'tidegate-dev').readAll(['api']).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it.each([
    ['denied', 'SECRETS_ACCESS_DENIED', 'policy of the task role'],
    ['keyDenied', 'SECRETS_KEY_UNUSABLE', 'kms:Decrypt'],
    ['keyDisabled', 'SECRETS_KEY_UNUSABLE', 'enabled key'],
    ['strangerCredentials', 'AWS_CREDENTIALS_INVALID', 'ECS task'],
  ] as const)('%s: says %s and what to do', async (answer, code, remedy) => {
    body = answers[answer];
    expect(await failureAt((server.address() as AddressInfo).port)).toMatchObject({
      code,
      message: expect.stringContaining(remedy) as string,
    });
  });
});
