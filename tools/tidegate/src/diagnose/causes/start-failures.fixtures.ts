import { failedToStart, crash, stoppedTask, type Differences } from '../diagnosis-fixtures';

const IMAGE = '123456789012.dkr.ecr.eu-west-2.amazonaws.com/tidegate-dev/api@sha256:1f2e';
const SECRET = 'arn:aws:secretsmanager:eu-west-2:123456789012:secret:tidegate-dev/api-Xy12Zz';
const ASM =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried';
const FETCH = `${ASM} 1 time(s): failed to fetch secret ${SECRET} from secrets manager:`;

/** What AWS says of tasks that do not start, and the cause it is to be recognised as. */
export const START_FAILURES: readonly (readonly [cause: string, seen: Differences])[] = [
  // Images.
  [
    'registry-rate-limit',
    {
      stopped: [
        failedToStart(
          'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/node/manifests/sha256:69998e: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
        ),
      ],
    },
  ],
  [
    'image-architecture',
    {
      stopped: [
        failedToStart(
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
        ),
      ],
    },
  ],
  ['image-architecture', { stopped: [crash(1)], logs: ['exec /usr/local/bin/node: exec format error'] }],
  [
    'image-missing',
    {
      stopped: [
        failedToStart(
          `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${IMAGE}: ${IMAGE}: not found`,
          [{ name: 'api', lastStatus: 'STOPPED', reason: `CannotPullContainerError: ${IMAGE}: not found` }],
        ),
      ],
    },
  ],
  [
    'image-denied',
    {
      stopped: [
        failedToStart(
          `CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref "${IMAGE}": pulling from host 123456789012.dkr.ecr.eu-west-2.amazonaws.com failed with status code [manifests sha256:1f2e]: 403 Forbidden`,
        ),
      ],
    },
  ],
  [
    'image-denied',
    {
      stopped: [
        failedToStart(
          'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/tidegate-dev-api-execution/0b69 is not authorized to perform: ecr:GetAuthorizationToken',
        ),
      ],
    },
  ],
  [
    'image-unreachable',
    {
      stopped: [
        failedToStart(
          `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${IMAGE}: failed to do request: Head "https://123456789012.dkr.ecr.eu-west-2.amazonaws.com/v2/tidegate-dev/api/manifests/sha256:1f2e": dial tcp 52.94.48.13:443: i/o timeout`,
        ),
      ],
    },
  ],
  [
    'image-unreachable',
    {
      stopped: [
        failedToStart(
          'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-2.amazonaws.com/": dial tcp 52.94.53.90:443: i/o timeout',
        ),
      ],
    },
  ],
  [
    'image-pull-failed',
    {
      stopped: [
        failedToStart(
          'CannotPullContainerError: ref pull has been retried 5 time(s): failed to unpack image on snapshotter overlayfs: unexpected EOF',
        ),
      ],
    },
  ],
  // Secrets.
  [
    'secret-empty',
    {
      stopped: [
        failedToStart(
          `${FETCH} ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT`,
        ),
      ],
    },
  ],
  // ECS cuts long reasons off: what the secret is like tells it.
  [
    'secret-empty',
    {
      stopped: [
        failedToStart(
          `${ASM} 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-2:123456789...`,
        ),
      ],
      secrets: [{ variable: 'API_KEY_PEPPER', arn: SECRET, state: 'empty' }],
    },
  ],
  ['secret-deleted', { secrets: [{ variable: 'API_KEY_PEPPER', arn: SECRET, state: 'deleted' }] }],
  [
    'secret-missing',
    {
      stopped: [
        failedToStart(`${FETCH} ResourceNotFoundException: Secrets Manager can't find the specified secret.`),
      ],
    },
  ],
  ['secret-missing', { secrets: [{ variable: 'API_KEY_PEPPER', arn: SECRET, state: 'missing' }] }],
  [
    'secret-field-missing',
    {
      stopped: [
        failedToStart(
          `${ASM} 1 time(s): retrieved secret from Secrets Manager did not contain json key service_keys`,
        ),
      ],
    },
  ],
  [
    'secret-field-missing',
    { stopped: [failedToStart(`${ASM} 1 time(s): invalid character '\\'' looking for beginning of value`)] },
  ],
  [
    'secret-key-denied',
    {
      stopped: [
        failedToStart(
          `${FETCH} AccessDeniedException: Access to KMS is not allowed status code: 400, request id: a87a66d9`,
        ),
      ],
    },
  ],
  [
    'secret-denied',
    {
      stopped: [
        failedToStart(
          `${FETCH} AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/tidegate-dev-api-execution/0b69 is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET} because no identity-based policy allows it`,
        ),
      ],
    },
  ],
  [
    'secrets-unreachable',
    {
      stopped: [
        failedToStart(
          `${ASM} 5 time(s): failed to fetch secret ${SECRET} from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded`,
        ),
      ],
    },
  ],
  [
    'secret-unreadable',
    {
      stopped: [
        failedToStart(
          `${ASM} 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-2:123456789...`,
        ),
      ],
    },
  ],
  [
    'log-group-missing',
    {
      stopped: [
        failedToStart(
          'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
        ),
      ],
    },
  ],
  // Capacity.
  [
    'quota-reached',
    {
      events: [
        "(service api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      ],
    },
  ],
  [
    'no-free-address',
    {
      stopped: [
        failedToStart(
          'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet subnet-0a1: InsufficientFreeAddressesInSubnet',
        ),
      ],
    },
  ],
  [
    'no-capacity',
    {
      events: [
        '(service api) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      ],
    },
  ],
  [
    'spot-interrupted',
    {
      stopped: [
        stoppedTask({ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }),
      ],
    },
  ],
  [
    'network-interface-timeout',
    { stopped: [failedToStart('Timeout waiting for network interface provisioning to complete.')] },
  ],
  [
    'role-not-assumed',
    {
      stopped: [
        failedToStart(
          'ECS was unable to assume the role that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.',
        ),
      ],
    },
  ],
];
