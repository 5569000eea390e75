import { alarm, crash, HEALTHY_NETWORK, stoppedTask, target, type Differences } from '../diagnosis-fixtures';

const mlflowError = (text: string): Differences => ({
  logs: [`2026/11/25 11:59:01 ERROR mlflow.server: ${text}`],
});
const pinoLine = (fields: object): string =>
  JSON.stringify({ level: 'warn', time: '2026-11-25T11:59:00.000Z', service: 'tidegate-api', ...fields });
const withoutRule = (port: number, isEgress: boolean, ofService = true): Differences => ({
  network: {
    rules: HEALTHY_NETWORK.rules.filter(
      ({ FromPort, IsEgress, GroupId }) =>
        FromPort !== port ||
        IsEgress !== isEgress ||
        (GroupId === HEALTHY_NETWORK.serviceGroups[0]) !== ofService,
    ),
  },
});

/** What is seen of tasks that start and do not work, and the cause it is to be recognised as. */
export const BROKEN_PARTS: readonly (readonly [cause: string, seen: Differences])[] = [
  // Database.
  [
    'database-port-twice',
    { settings: { DATABASE_HOST: 'tidegate-dev.c1.eu-west-2.rds.amazonaws.com:5432' } },
  ],
  [
    'database-port-twice',
    { settings: { DATABASE_URL: 'postgresql://api:secret@db.eu-west-2.rds.amazonaws.com:5432:5432/api_db' } },
  ],
  [
    'database-port-twice',
    {
      stopped: [crash(1)],
      logs: [
        'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) invalid integer value "5432:5432" for connection option "port"',
      ],
    },
  ],
  [
    'database-port-twice',
    { stopped: [crash(1)], logs: ["ValueError: invalid literal for int() with base 10: '5432:5432'"] },
  ],
  [
    'database-port-twice',
    {
      stopped: [crash(1)],
      logs: [
        "  - MLFLOW_DB_HOST is 'db.eu-west-2.rds.amazonaws.com:5432', with a port: RDS calls that the endpoint. Set it to 'db.eu-west-2.rds.amazonaws.com', the address, and MLFLOW_DB_PORT to 5432.",
      ],
    },
  ],
  ['postgres-version-not-offered', { database: { family: 'postgres15', offeredVersions: [] } }],
  [
    'postgres-version-not-offered',
    {
      logs: [
        'Error: creating RDS DB Instance (tidegate-dev): operation error RDS: CreateDBInstance, api error InvalidParameterCombination: Cannot find version 15.4 for postgres',
      ],
    },
  ],
  ['database-missing', { database: { family: 'postgres15', offeredVersions: ['15.13', '15.14'] } }],
  [
    'database-not-available',
    { database: { instance: { DBInstanceIdentifier: 'tidegate-dev', DBInstanceStatus: 'stopped' } } },
  ],
  [
    'database-login-refused',
    {
      logs: [
        'The database cannot be used: connection to server at "10.0.200.5", port 5432 failed: FATAL:  password authentication failed for user "mlflow"',
      ],
    },
  ],
  [
    'database-login-refused',
    { logs: [pinoLine({ code: '28P01', retryMs: 5000, msg: 'the database of keys is away: trying again' })] },
  ],
  [
    'database-not-set-up',
    {
      logs: [
        'The database cannot be used: connection to server at "10.0.200.5", port 5432 failed: FATAL:  database "mlflow_db" does not exist',
      ],
    },
  ],
  [
    'database-connections-exhausted',
    { logs: ['FATAL:  remaining connection slots are reserved for non-replication superuser connections'] },
  ],
  [
    'database-not-trusted',
    {
      logs: [
        'The database cannot be used: connection to server at "10.0.200.5", port 5432 failed: SSL error: certificate verify failed',
      ],
    },
  ],
  [
    'database-name-unresolved',
    {
      logs: [
        pinoLine({
          code: 'ENOTFOUND',
          err: { message: 'getaddrinfo ENOTFOUND tidegate-dev.c1.eu-west-2.rds.amazonaws.com' },
        }),
      ],
    },
  ],
  [
    'database-timeout',
    {
      logs: [
        'psycopg2.OperationalError: connection to server at "tidegate-dev.c1.eu-west-2.rds.amazonaws.com" (10.0.200.5), port 5432 failed: Connection timed out',
      ],
    },
  ],
  [
    'database-timeout',
    {
      logs: [
        pinoLine({ code: 'ETIMEDOUT', retryMs: 5000, msg: 'the database of keys is away: trying again' }),
      ],
    },
  ],
  [
    'database-timeout',
    {
      logs: [
        'sqlalchemy.exc.TimeoutError: QueuePool limit of size 2 overflow 4 reached, connection timed out, timeout 30.00',
      ],
    },
  ],
  [
    'database-away',
    {
      logs: [
        pinoLine({ cause: 'connect ECONNREFUSED 10.0.200.5:5432', msg: 'the database takes no writes now' }),
      ],
    },
  ],
  // MLflow and its artifacts.
  ['bucket-other-region', { bucket: { name: 'models', region: 'us-east-1' } }],
  [
    'bucket-other-region',
    mlflowError(
      'botocore.exceptions.ClientError: An error occurred (PermanentRedirect) when calling the ListObjectsV2 operation: The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    ),
  ],
  ['bucket-missing', { bucket: { name: 'models' } }],
  [
    'bucket-missing',
    mlflowError(
      'botocore.errorfactory.NoSuchBucket: An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist',
    ),
  ],
  [
    'artifact-store-denied',
    mlflowError(
      'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::123456789012:assumed-role/tidegate-dev-mlflow-task/0b69 is not authorized to perform: s3:PutObject',
    ),
  ],
  [
    'artifact-store-denied',
    mlflowError('botocore.exceptions.NoCredentialsError: Unable to locate credentials'),
  ],
  [
    'mlflow-prefix',
    {
      logs: ["  - MLFLOW_STATIC_PREFIX is 'mlflow/'. Set it to a path such as /mlflow, or unset it."],
      stopped: [crash(1)],
    },
  ],
  [
    'mlflow-prefix',
    {
      logs: ['INFO:     10.0.128.7:51234 - "GET /api/2.0/mlflow/experiments/search HTTP/1.1" 404 Not Found'],
    },
  ],
  [
    'mlflow-host-refused',
    {
      logs: [
        'WARNING mlflow.server.security: Rejected request with invalid Host header: mlflow.internal',
        'Invalid Host header - possible DNS rebinding attack detected',
      ],
    },
  ],
  [
    'mlflow-schema-old',
    {
      logs: [
        "Database mlflow_db has no schema revision, MLflow 3.17.0 needs 1b5f0d9ad7c1. Make a backup, run this image's command `upgrade` once, then start the server again.",
      ],
      stopped: [crash(1)],
    },
  ],
  [
    'mlflow-schema-new',
    {
      logs: [
        'Database mlflow_db has schema revision 9f2b, which MLflow 3.16.0 does not know: a newer one has upgraded it.',
      ],
      stopped: [crash(1)],
    },
  ],
  [
    'mlflow-credential-refused',
    { logs: [pinoLine({ code: 'UPSTREAM_REFUSED_CREDENTIAL', msg: 'request failed' })] },
  ],
  [
    'mlflow-not-ready',
    {
      logs: [
        pinoLine({ dependency: 'mlflow', from: 'healthy', to: 'unhealthy', msg: 'mlflow became unhealthy' }),
      ],
    },
  ],
  // Traffic and network.
  ['security-group-load-balancer', withoutRule(8080, false)],
  ['security-group-load-balancer', withoutRule(8080, true, false)],
  [
    'security-group-load-balancer',
    {
      network: {
        rules: HEALTHY_NETWORK.rules.map((rule) =>
          rule.FromPort === 8080 && rule.IsEgress === false
            ? { ...rule, ReferencedGroupInfo: { GroupId: 'sg-of-somebody-else' } }
            : rule,
        ),
      },
    },
  ],
  ['security-group-database', withoutRule(5432, true)],
  ['security-group-database', withoutRule(5432, false, false)],
  ['no-way-out', withoutRule(443, true)],
  [
    'no-way-out',
    { network: { routeTables: [{ RouteTableId: 'rtb-0a1', Associations: [{ Main: true }], Routes: [] }] } },
  ],
  [
    'no-way-out',
    {
      network: {
        routeTables: [
          {
            RouteTableId: 'rtb-0a1',
            Associations: [{ SubnetId: 'subnet-0a1' }],
            Routes: [
              { DestinationCidrBlock: '0.0.0.0/0', NetworkInterfaceId: 'eni-0a1', State: 'blackhole' },
            ],
          },
        ],
      },
    },
  ],
  [
    'target-answers-wrong',
    {
      targets: [
        target('unhealthy', 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [503]'),
      ],
    },
  ],
  ['target-times-out', { targets: [target('unhealthy', 'Target.Timeout', 'Request timed out')] }],
  [
    'target-unreachable',
    { targets: [target('unhealthy', 'Target.FailedHealthChecks', 'Health checks failed')] },
  ],
  [
    'target-not-in-use',
    {
      targets: [
        target(
          'unused',
          'Target.NotInUse',
          'Target group is not configured to receive traffic from the load balancer',
        ),
      ],
    },
  ],
  [
    'target-unhealthy',
    {
      stopped: [
        stoppedTask({
          stopCode: 'ServiceSchedulerInitiated',
          stoppedReason:
            'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/tidegate-dev-api/6d0ecf831eec9f09)',
        }),
      ],
    },
  ],
  [
    'error-rate-high',
    {
      alarms: [
        alarm(
          'api-5xx',
          'More than 5 % of the answers of api are 5xx, for 3 minutes.',
          'Threshold Crossed: 3 out of the last 3 datapoints [31.2 (25/11/26 11:57:00), 28.4 (25/11/26 11:56:00), 12.0 (25/11/26 11:55:00)] were greater than the threshold (5.0) (minimum 3 datapoints for OK -> ALARM transition).',
        ),
      ],
      logs: [pinoLine({ route: '/api/2.0/mlflow/*', status: 502, durationMs: 31.4, msg: 'request failed' })],
    },
  ],
  [
    'error-rate-high',
    {
      alarms: [
        alarm(
          'api-errors',
          'api answered more than 10 requests with 5xx in 5 minutes. Its log has a line for each.',
          'Threshold Crossed: 1 datapoint [44.0 (25/11/26 11:55:00)] was greater than the threshold (10.0).',
        ),
      ],
    },
  ],
  [
    'error-rate-high',
    {
      alarms: [
        alarm(
          'load-balancer-5xx',
          'The load balancer answers more than 5 % of the requests with 502, 503 or 504 itself, for 3 minutes: no task takes them.',
          'Threshold Crossed: 3 datapoints were greater than the threshold (5.0).',
        ),
      ],
    },
  ],
  // Containers.
  ['out-of-memory', { stopped: [crash(137, 'OutOfMemoryError: Container killed due to memory usage')] }],
  [
    'configuration-invalid',
    {
      stopped: [crash(1)],
      logs: [
        'The configuration of tidegate-api has 1 problem:',
        '  API_KEY_PEPPER: expected 32 characters or more',
      ],
    },
  ],
  ['killed', { stopped: [crash(137)] }],
  [
    'container-health-check',
    {
      stopped: [
        stoppedTask({
          stopCode: 'ServiceSchedulerInitiated',
          stoppedReason: 'Task failed container health checks',
          containers: [{ name: 'api', exitCode: 0, healthStatus: 'UNHEALTHY' }],
        }),
      ],
    },
  ],
  [
    'container-health-check',
    { tasks: [{ taskArn: 'arn:x/1c70', lastStatus: 'RUNNING', healthStatus: 'UNHEALTHY' }] },
  ],
  [
    'crash-loop',
    {
      events: [
        '(service api) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      ],
    },
  ],
  ['essential-container-exited', { stopped: [crash(1)] }],
  [
    'deployment-rolled-back',
    {
      service: {
        deployments: [
          {
            id: 'ecs-svc/2463512098347561029',
            status: 'PRIMARY',
            rolloutState: 'COMPLETED',
            rolloutStateReason:
              'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0123456789012345678.',
          },
        ],
      },
    },
  ],
];
