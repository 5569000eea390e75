import { admitted } from '../../test/admitted';
import { synthesizeServices, type Resource, type SynthesizedStack } from '../../test/synthesized-stack';
import { dev as devInput } from '../environments/dev';
import { production as productionInput } from '../environments/production';
import { SERVICES } from '../services';

const dev = synthesizeServices(devInput);
const production = synthesizeServices(productionInput);
const NAMES = ['api', 'inference', 'logging', 'mlflow'];

interface Container {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly [field: string]: unknown;
}

function containerOf(stack: SynthesizedStack, family: string): Container {
  const task = stack.one('aws_ecs_task_definition', { family });
  return (JSON.parse(String(task['container_definitions'])) as [Container])[0];
}

describe('a task', () => {
  it.each(NAMES)('%s can change nothing but its own /tmp, and has no privilege', (name) => {
    const container = containerOf(dev, `tidegate-dev-${name}`);
    expect(container).toMatchObject({
      readonlyRootFilesystem: true,
      user: '1000:1000',
      privileged: false,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      mountPoints: [{ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false }],
    });
    expect(dev.one('aws_ecs_task_definition', { family: `tidegate-dev-${name}` })['volume']).toEqual([
      { name: 'tmp' },
    ]);
  });

  it.each(NAMES)('%s has the health check and the time to stop of its environment (H3)', (name) => {
    const container = containerOf(production, `tidegate-production-${name}`);
    expect(container['healthCheck']).toMatchObject({
      startPeriod: 90,
      interval: 30,
      timeout: 10,
      retries: 3,
    });
    expect(container['stopTimeout']).toBe(45);
  });

  it('has the settings that its environment adds', () => {
    const settings = { logging: { RETENTION_DAYS: '7' } };
    const stack = synthesizeServices({ ...devInput, tasks: { ...devInput.tasks, settings } });
    expect(containerOf(stack, 'tidegate-dev-logging').environment).toContainEqual({
      name: 'RETENTION_DAYS',
      value: '7',
    });
    expect(containerOf(stack, 'tidegate-dev-api').environment).toEqual(
      containerOf(dev, 'tidegate-dev-api').environment,
    );
  });

  it.each(NAMES)('%s gets each secret by reference to one field', (name) => {
    const { environment, secrets } = containerOf(dev, `tidegate-dev-${name}`);
    const definition = SERVICES.find((service) => service.name === name);
    expect(secrets.map((secret) => secret.name)).toEqual(Object.keys(definition?.secrets ?? {}).sort());
    for (const { valueFrom } of secrets) expect(valueFrom).toMatch(/secrets.*:[a-z_]+::$/);
    expect(
      environment.map((setting) => setting.name).filter((key) => /PASSWORD|SECRET|TOKEN|PEPPER/.test(key)),
    ).toEqual([]);
  });

  it('runs the image that the variable names', () => {
    expect(containerOf(dev, 'tidegate-dev-api')['image']).toBe('${var.images.api}');
  });
});

describe('roles', () => {
  const statements = (
    stack: SynthesizedStack,
  ): { Sid: string; Action: string | string[]; Resource: string | string[] }[] =>
    stack
      .all('aws_iam_role_policy')
      .flatMap(({ policy }) => (JSON.parse(String(policy)) as { Statement: never[] }).Statement);

  it('have no wildcard among their actions', () => {
    for (const { Action } of statements(production)) expect([Action].flat().join()).not.toContain('*');
  });

  it('name every resource, but for the sign-in of the registry, which has none', () => {
    const everything = statements(production).filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(new Set(everything.flatMap(({ Action }) => Action))).toEqual(
      new Set(['ecr:GetAuthorizationToken']),
    );
  });

  it('of inference give ECS its own two secrets and no other', () => {
    const policy = Object.entries(dev.resources('aws_iam_role_policy')).find(([id]) =>
      id.startsWith('inference_roles_execution'),
    );
    const { Statement } = JSON.parse(String(policy?.[1]['policy'])) as {
      Statement: { Sid: string; Resource: string[] }[];
    };
    const arns = Statement.find(({ Sid }) => Sid === 'ReadOwnSecrets')?.Resource ?? [];
    expect(arns.map((arn) => /secrets_(\w+?)_[0-9A-F]{8}/.exec(arn)?.[1])).toEqual(['inference', 'internal']);
  });

  it('let only the tasks of MLflow use the artifacts', () => {
    const users = Object.entries(production.resources('aws_iam_role_policy')).filter(([, { policy }]) =>
      String(policy).includes('s3:'),
    );
    expect(users.map(([id]) => id.split('_')[0])).toEqual(['mlflow']);
  });
});

describe('connections', () => {
  const CHAIN = [
    'api -> database :5432',
    'api -> inference :8000',
    'api -> logging :8001',
    'api -> mlflow :5000',
    'inference -> api :8080',
    'inference -> logging :8001',
    'load-balancer -> api :8080',
    'logging -> database :5432',
    'mlflow -> database :5432',
  ];

  it('of dev are the chain from the load balancer to the database and nothing else', () => {
    expect(admitted(dev)).toEqual(['0.0.0.0/0 -> load-balancer :80', ...CHAIN]);
  });

  it('of production add Redis for the api, and MLflow’s pages', () => {
    expect(admitted(production)).toEqual(
      [
        '0.0.0.0/0 -> load-balancer :443',
        '0.0.0.0/0 -> load-balancer :80',
        ...CHAIN,
        'api -> redis :6379',
        'load-balancer -> mlflow :5000',
      ].sort(),
    );
  });

  it('leave to the internet on 443 only', () => {
    const open = production
      .all('aws_vpc_security_group_egress_rule')
      .filter((rule) => rule['cidr_ipv4'] !== undefined);
    expect(new Set(open.map(({ to_port: port }) => port))).toEqual(new Set([443]));
  });
});

describe('the way in', () => {
  const rulesOf = (stack: SynthesizedStack): Resource[] =>
    stack
      .all('aws_lb_listener_rule')
      .toSorted((one, other) => Number(one['priority']) - Number(other['priority']));

  it('of dev forwards the routes of the api over HTTP and answers 404 to the rest', () => {
    expect(rulesOf(dev).map(({ condition }) => condition)).toEqual([
      [{ path_pattern: { values: ['/api/*', '/health'] } }],
    ]);
    expect(dev.one('aws_lb_listener')).toMatchObject({
      port: 80,
      default_action: [{ type: 'fixed-response', fixed_response: { status_code: '404' } }],
    });
  });

  it('of production redirects HTTP, and refuses what is older than TLS 1.2', () => {
    expect(production.one('aws_lb_listener', { port: 80 })['default_action']).toMatchObject([
      { type: 'redirect', redirect: { protocol: 'HTTPS', status_code: 'HTTP_301' } },
    ]);
    expect(production.one('aws_lb_listener', { port: 443 })['ssl_policy']).toBe(
      'ELBSecurityPolicy-TLS13-1-2-2021-06',
    );
  });

  it('gives /api/* to the gateway on every host, before anybody is asked to sign in', () => {
    const [first, second] = rulesOf(production);
    expect(first).toMatchObject({
      condition: [{ path_pattern: { values: ['/api/*', '/health'] } }],
      action: [{ type: 'forward' }],
    });
    expect(second).toMatchObject({
      condition: [{ host_header: { values: ['mlflow.ml.example.com'] } }],
      action: [
        { type: 'authenticate-cognito', order: 1 },
        { type: 'forward', order: 2 },
      ],
    });
    expect(rulesOf(production)).toHaveLength(2);
  });

  it('asks the targets for their health with the numbers of the guide (H3)', () => {
    expect(dev.one('aws_lb_target_group')).toMatchObject({
      target_type: 'ip',
      deregistration_delay: '30',
      health_check: {
        path: '/health',
        interval: 30,
        timeout: 10,
        healthy_threshold: 2,
        unhealthy_threshold: 3,
        matcher: '200',
      },
    });
  });

  it('counts the rules of the firewall that would refuse models, artifacts and predictions', () => {
    const rules = production.one('aws_wafv2_web_acl')['rule'] as {
      name: string;
      statement: { managed_rule_group_statement?: Resource };
    }[];
    expect(rules.map(({ name }) => name)).toEqual([
      'rate',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ]);
    const overridden = rules[3]?.statement.managed_rule_group_statement?.['rule_action_override'] as {
      name: string;
      action_to_use: Resource;
    }[];
    expect(overridden.map(({ name }) => name)).toContain('SizeRestrictions_BODY');
    for (const { action_to_use: action } of overridden) expect(action).toEqual({ count: {} });
  });
});

describe('signing in to the pages of MLflow', () => {
  const oidc = synthesizeServices({
    ...productionInput,
    edge: {
      ...productionInput.edge,
      mlflowUi: {
        kind: 'oidc',
        issuer: 'https://login.example.com',
        authorizationEndpoint: 'https://login.example.com/authorize',
        tokenEndpoint: 'https://login.example.com/token',
        userInfoEndpoint: 'https://login.example.com/userinfo',
        clientId: 'tidegate',
      },
    },
  });

  it('with OIDC has the secret fetched by CloudFormation, so that Terraform never sees it', () => {
    const template = JSON.parse(String(oidc.one('aws_cloudformation_stack')['template_body'])) as Resource;
    expect(template['Resources']).toMatchObject({
      Rule: {
        Properties: {
          Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['mlflow.ml.example.com'] } }],
          Actions: [
            {
              Type: 'authenticate-oidc',
              AuthenticateOidcConfig: {
                ClientId: 'tidegate',
                ClientSecret: expect.stringMatching(
                  /^\{\{resolve:secretsmanager:.+:SecretString:client_secret\}\}$/,
                ) as string,
              },
            },
            { Type: 'forward' },
          ],
        },
      },
    });
    expect(JSON.stringify(oidc.json)).not.toMatch(/aws_secretsmanager_secret_version/);
  });

  it('with Cognito has the client and its secret made by CloudFormation, and the people invited, with a second factor', () => {
    expect(production.all('aws_cognito_user_pool_client')).toEqual([]);
    const { template_body: template } = production.one('aws_cloudformation_stack');
    expect(JSON.parse(String(template))).toMatchObject({
      Resources: { Client: { Properties: { GenerateSecret: true } } },
    });
    expect(production.one('aws_cognito_user_pool')).toMatchObject({
      admin_create_user_config: { allow_admin_create_user_only: true },
      mfa_configuration: 'ON',
      deletion_protection: 'ACTIVE',
    });
  });

  it('is not offered in dev', () => {
    expect([...dev.all('aws_cognito_user_pool'), ...dev.all('aws_cloudformation_stack')]).toEqual([]);
  });
});

describe('the number of tasks', () => {
  it('is a variable that autoscaling starts from, and Terraform leaves alone afterwards', () => {
    const target = production
      .all('aws_appautoscaling_target')
      .find(({ resource_id: resource }) => String(resource).endsWith('/api'));
    expect(target).toMatchObject({
      min_capacity: '${var.api_desired_count}',
      max_capacity: 6,
    });
    expect(production.one('aws_ecs_service', { name: 'api' })['lifecycle']).toEqual({
      ignore_changes: ['desired_count'],
    });
    expect(production.json['variable']?.['api_desired_count']).toMatchObject({ default: 2 });
  });

  it('of MLflow is desired_count, fixed', () => {
    const service = production.one('aws_ecs_service', { name: 'mlflow' });
    expect(service).toMatchObject({ desired_count: '${var.desired_count}' });
    expect(service['lifecycle']).toBeUndefined();
    expect(production.json['variable']?.['desired_count']).toMatchObject({ default: 2 });
    expect(JSON.stringify(production.all('aws_appautoscaling_target'))).not.toContain('mlflow');
  });
});

describe('a deployment', () => {
  it.each(NAMES)(
    'of %s keeps all tasks healthy, and is rolled back by the circuit breaker and by alarms',
    (name) => {
      expect(production.one('aws_ecs_service', { name })).toMatchObject({
        deployment_minimum_healthy_percent: 100,
        deployment_maximum_percent: 200,
        deployment_circuit_breaker: { enable: true, rollback: true },
        alarms: { enable: true, rollback: true },
      });
    },
  );

  it('of the api is watched by memory, by what the load balancer sees and by what it says itself', () => {
    const { alarms } = production.one('aws_ecs_service', { name: 'api' }) as {
      alarms: { alarm_names: string[] };
    };
    const names = alarms.alarm_names.map((reference) => {
      const id = /aws_cloudwatch_metric_alarm\.([\w-]+)\./.exec(reference)?.[1] ?? '';
      return production.resources('aws_cloudwatch_metric_alarm')[id]?.['alarm_name'];
    });
    expect(names).toEqual([
      'tidegate-production-api-memory',
      'tidegate-production-api-5xx',
      'tidegate-production-api-errors',
    ]);
  });
});
