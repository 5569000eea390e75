import type { Values } from './synthesized';

/** The smallest systems that break and keep a rule. */
export interface Fixture {
  readonly rule: string;
  /** Resources by address; `output.<name>` is an output. */
  readonly bad: Readonly<Record<string, Values>>;
  readonly good: Readonly<Record<string, Values>>;
  /** Address of the finding. @default the first of `bad` */
  readonly finds?: string;
  /** Whether a disposable environment may be like `bad`. @default false */
  readonly isFineInDev?: boolean;
}

/** One resource, once with the values that break the rule and once with those that keep it. */
function one(rule: string, address: string, bad: Values, good: Values): Fixture {
  return { rule, bad: { [address]: bad }, good: { [address]: good } };
}

function inDev(fixture: Fixture): Fixture {
  return { ...fixture, isFineInDev: true };
}

/** A resource that is missing in `bad`, or has other values there. */
function beside(rule: string, main: Fixture['bad'], bad: Fixture['bad'], good: Fixture['bad']): Fixture {
  return { rule, bad: { ...main, ...bad }, good: { ...main, ...good } };
}

/** An ingress rule among security groups. */
function ingress(rule: string, groups: Fixture['bad'], bad: Values, good: Values): Fixture {
  const finds = 'aws_vpc_security_group_ingress_rule.r';
  return { ...beside(rule, groups, { [finds]: bad }, { [finds]: good }), finds };
}

function container(rule: string, bad: Values, good: Values): Fixture {
  const task = (values: Values): Values => ({
    container_definitions: JSON.stringify([{ name: 'api', ...values }]),
  });
  return one(rule, 'aws_ecs_task_definition.api', task(bad), task(good));
}

function statement(values: Values): Values {
  return { policy: JSON.stringify({ Statement: [{ Effect: 'Allow', ...values }] }) };
}

function trust(values: Values): Values {
  const Principal = { Service: 'ecs-tasks.amazonaws.com' };
  return { assume_role_policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, ...values }] }) };
}

const BUCKET = { 'aws_s3_bucket.b': {} };
const ofBucket = { bucket: '${aws_s3_bucket.b.bucket}' };
const VPC = { 'aws_vpc.v': {} };
const ofVpc = { vpc_id: '${aws_vpc.v.id}' };
const BLOCK = {
  ...ofBucket,
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};
const TLS_ONLY = statement({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
const GROUPS = {
  'aws_security_group.mlflow': { name: 'tidegate-dev-mlflow' },
  'aws_security_group.api': { name: 'tidegate-dev-api' },
  'aws_security_group.inference': { name: 'tidegate-dev-inference' },
  'aws_security_group.database': { name: 'tidegate-dev-database' },
};
const LB_GROUP = {
  'aws_security_group.lb': { name: 'tidegate-dev-load-balancer' },
  'aws_lb.lb': { security_groups: ['${aws_security_group.lb.id}'] },
};
const MLFLOW_TARGET = { 'aws_lb_target_group.m': { name: 'tidegate-dev-mlflow' } };
const toMlflow = { type: 'forward', target_group_arn: '${aws_lb_target_group.m.arn}' };
const SECRET = '${aws_secretsmanager_secret.api_AB.arn}';
const RATE = { name: 'rate', statement: { rate_based_statement: { limit: 10 } } };
const BAD_INPUTS = {
  statement: { managed_rule_group_statement: { name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
};

export const FIXTURES: readonly Fixture[] = [
  beside(
    'S3-PUBLIC',
    BUCKET,
    { 'aws_s3_bucket_public_access_block.p': { ...BLOCK, block_public_policy: false } },
    { 'aws_s3_bucket_public_access_block.p': BLOCK },
  ),
  beside(
    'S3-VERSIONS',
    BUCKET,
    {},
    { 'aws_s3_bucket_versioning.v': { ...ofBucket, versioning_configuration: { status: 'Enabled' } } },
  ),
  beside('S3-ENCRYPTION', BUCKET, {}, { 'aws_s3_bucket_server_side_encryption_configuration.e': ofBucket }),
  beside(
    'S3-TLS',
    BUCKET,
    { 'aws_s3_bucket_policy.p': { ...ofBucket, ...statement({ Action: 's3:GetObject' }) } },
    { 'aws_s3_bucket_policy.p': { ...ofBucket, ...TLS_ONLY } },
  ),
  one('ECR-IMMUTABLE', 'aws_ecr_repository.r', {}, { image_tag_mutability: 'IMMUTABLE' }),
  one('ECR-SCAN', 'aws_ecr_repository.r', {}, { image_scanning_configuration: { scan_on_push: true } }),
  one('KMS-ROTATION', 'aws_kms_key.k', {}, { enable_key_rotation: true }),
  one('SECRET-KEY', 'aws_secretsmanager_secret.s', {}, { kms_key_id: 'k' }),
  { rule: 'SECRET-VALUE', bad: { 'aws_secretsmanager_secret_version.s': { secret_string: 'x' } }, good: {} },

  one(
    'RDS-ENCRYPTED',
    'aws_db_instance.d',
    { storage_encrypted: true },
    { storage_encrypted: true, kms_key_id: 'k' },
  ),
  one('RDS-PRIVATE', 'aws_db_instance.d', { publicly_accessible: true }, { publicly_accessible: false }),
  beside(
    'RDS-TLS',
    { 'aws_db_instance.d': { parameter_group_name: '${aws_db_parameter_group.g.name}' } },
    { 'aws_db_parameter_group.g': { parameter: [{ name: 'rds.force_ssl', value: '0' }] } },
    { 'aws_db_parameter_group.g': { parameter: [{ name: 'rds.force_ssl', value: '1' }] } },
  ),
  one('RDS-BACKUP', 'aws_db_instance.d', { backup_retention_period: 1 }, { backup_retention_period: 7 }),
  inDev(
    one(
      'RDS-PROTECTED',
      'aws_db_instance.d',
      { deletion_protection: true, skip_final_snapshot: true },
      { deletion_protection: true, skip_final_snapshot: false },
    ),
  ),
  inDev(one('RDS-ZONES', 'aws_db_instance.d', { multi_az: false }, { multi_az: true })),
  one('RDS-MASTER', 'aws_db_instance.d', { password: 'x' }, { manage_master_user_password: true }),
  one('RDS-LOGS', 'aws_db_instance.d', {}, { enabled_cloudwatch_logs_exports: ['postgresql'] }),
  one(
    'RDS-ADDRESS',
    'aws_ecs_task_definition.t',
    { container_definitions: 'x${aws_db_instance.d.endpoint}' },
    { container_definitions: 'x${aws_db_instance.d.address}' },
  ),
  one(
    'REDIS-ENCRYPTED',
    'aws_elasticache_replication_group.r',
    { at_rest_encryption_enabled: 'true' },
    { at_rest_encryption_enabled: 'true', transit_encryption_enabled: true },
  ),

  ingress(
    'SG-INGRESS',
    LB_GROUP,
    { cidr_ipv4: '0.0.0.0/0', from_port: 22, to_port: 22, security_group_id: '${aws_security_group.lb.id}' },
    {
      cidr_ipv4: '0.0.0.0/0',
      from_port: 443,
      to_port: 443,
      security_group_id: '${aws_security_group.lb.id}',
    },
  ),
  one(
    'SG-EGRESS',
    'aws_vpc_security_group_egress_rule.r',
    { ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' },
    { ip_protocol: 'tcp', from_port: 443 },
  ),
  one('SG-INLINE', 'aws_security_group.g', { ingress: [{ from_port: 22 }] }, { name: 'g' }),
  ingress(
    'MLFLOW-CALLERS',
    GROUPS,
    {
      security_group_id: '${aws_security_group.mlflow.id}',
      referenced_security_group_id: '${aws_security_group.inference.id}',
    },
    {
      security_group_id: '${aws_security_group.mlflow.id}',
      referenced_security_group_id: '${aws_security_group.api.id}',
    },
  ),
  ingress(
    'STORE-CALLERS',
    GROUPS,
    {
      security_group_id:
        '${data.terraform_remote_state.x.outputs.cross-stack-output-aws_security_groupdatabaseid}',
      cidr_ipv4: '10.0.0.0/16',
    },
    {
      security_group_id: '${aws_security_group.database.id}',
      referenced_security_group_id: '${aws_security_group.api.id}',
    },
  ),
  beside(
    'VPC-DEFAULT',
    VPC,
    { 'aws_default_security_group.d': { ...ofVpc, ingress: [{ protocol: '-1' }] } },
    { 'aws_default_security_group.d': { ...ofVpc, ingress: [] } },
  ),
  beside('VPC-FLOW-LOG', VPC, {}, { 'aws_flow_log.f': ofVpc }),
  one(
    'SUBNET-PUBLIC-IP',
    'aws_subnet.s',
    { map_public_ip_on_launch: true },
    { map_public_ip_on_launch: false },
  ),
  one('ENDPOINT-POLICY', 'aws_vpc_endpoint.e', {}, statement({})),

  one('ALB-HEADERS', 'aws_lb.l', {}, { drop_invalid_header_fields: true }),
  one('ALB-LOGS', 'aws_lb.l', { access_logs: { enabled: false } }, { access_logs: { enabled: true } }),
  inDev(one('ALB-PROTECTED', 'aws_lb.l', {}, { enable_deletion_protection: true })),
  one(
    'ALB-TLS',
    'aws_lb_listener.l',
    { protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-2016-08' },
    { protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
  ),
  inDev(
    one(
      'ALB-HTTPS',
      'aws_lb_listener.l',
      { protocol: 'HTTP', default_action: [{ type: 'fixed-response' }] },
      { protocol: 'HTTP', default_action: [{ type: 'redirect', redirect: { protocol: 'HTTPS' } }] },
    ),
  ),
  one(
    'ALB-DEFAULT',
    'aws_lb_listener.l',
    { default_action: [{ type: 'forward' }] },
    { default_action: [{ type: 'fixed-response' }] },
  ),
  one(
    'ALB-SIGN-IN',
    'aws_lb_listener_rule.r',
    {
      action: [{ type: 'authenticate-oidc' }],
      condition: [{ host_header: { values: ['ml.example.com'] } }, { path_pattern: { values: ['/api/*'] } }],
    },
    {
      action: [{ type: 'authenticate-oidc' }],
      condition: [{ host_header: { values: ['mlflow.example.com'] } }],
    },
  ),
  {
    rule: 'MLFLOW-SIGN-IN',
    bad: { ...MLFLOW_TARGET, 'aws_lb_listener_rule.r': { action: [toMlflow] } },
    good: {
      ...MLFLOW_TARGET,
      'aws_lb_listener_rule.r': { action: [{ type: 'authenticate-cognito' }, toMlflow] },
    },
    finds: 'aws_lb_listener_rule.r',
  },
  inDev(
    beside(
      'WAF',
      { 'aws_lb.l': {} },
      {},
      { 'aws_wafv2_web_acl_association.a': { resource_arn: '${aws_lb.l.arn}' } },
    ),
  ),
  one(
    'WAF-RULES',
    'aws_wafv2_web_acl.w',
    { rule: [RATE, { ...BAD_INPUTS, override_action: { count: {} } }] },
    { rule: [RATE, { ...BAD_INPUTS, override_action: { none: {} } }] },
  ),

  container(
    'ECS-SECRETS',
    { environment: [{ name: 'DATABASE_PASSWORD', value: 'x' }] },
    { environment: [{ name: 'DATABASE_USER', value: 'x' }] },
  ),
  container(
    'ECS-SECRET-REFERENCES',
    { secrets: [{ name: 'T', valueFrom: SECRET }] },
    { secrets: [{ name: 'T', valueFrom: `${SECRET}:token::` }] },
  ),
  container('ECS-READ-ONLY', {}, { readonlyRootFilesystem: true }),
  container('ECS-NON-ROOT', { user: '0:0' }, { user: '1000:1000' }),
  container(
    'ECS-PRIVILEGES',
    { privileged: false },
    { linuxParameters: { capabilities: { drop: ['ALL'] } } },
  ),
  container('ECS-LOGS', {}, { logConfiguration: { logDriver: 'awslogs' } }),
  container('ECS-IMAGE', { image: 'python:3.12' }, { image: '${var.images.api}' }),
  {
    rule: 'ECS-ROLES',
    bad: {
      'aws_ecs_task_definition.a': { execution_role_arn: 'e', task_role_arn: 'a' },
      'aws_ecs_task_definition.b': { execution_role_arn: 'e', task_role_arn: 'b' },
    },
    good: { 'aws_ecs_task_definition.a': { execution_role_arn: 'e', task_role_arn: 'a' } },
    finds: 'aws_ecs_task_definition.b',
  },
  one('ECS-EXEC', 'aws_ecs_service.s', { enable_execute_command: true }, {}),
  one(
    'ECS-PUBLIC-IP',
    'aws_ecs_service.s',
    { network_configuration: { assign_public_ip: true } },
    { network_configuration: { assign_public_ip: false } },
  ),
  one(
    'ECS-ROLL-BACK',
    'aws_ecs_service.s',
    {
      deployment_circuit_breaker: { enable: true, rollback: false },
      deployment_minimum_healthy_percent: 100,
    },
    { deployment_circuit_breaker: { enable: true, rollback: true }, deployment_minimum_healthy_percent: 100 },
  ),
  one(
    'ECS-INSIGHTS',
    'aws_ecs_cluster.c',
    {},
    { setting: [{ name: 'containerInsights', value: 'enabled' }] },
  ),

  one(
    'IAM-ACTIONS',
    'aws_iam_role_policy.p',
    statement({ Action: ['s3:*'] }),
    statement({ Action: ['s3:GetObject'] }),
  ),
  one(
    'IAM-RESOURCES',
    'aws_iam_role_policy.p',
    statement({ Action: 's3:GetObject', Resource: '*' }),
    statement({ Action: 'ecr:GetAuthorizationToken', Resource: '*' }),
  ),
  one(
    'IAM-PRINCIPAL',
    'aws_sns_topic_policy.p',
    statement({ Principal: { AWS: '*' } }),
    statement({ Principal: { Service: 'events.amazonaws.com' } }),
  ),
  one(
    'IAM-TRUST',
    'aws_iam_role.r',
    trust({}),
    trust({ Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }),
  ),
  { rule: 'IAM-USERS', bad: { 'aws_iam_access_key.k': {} }, good: { 'aws_iam_role.r': {} } },
  {
    rule: 'OUTPUT-SECRETS',
    bad: { 'output.admin_password': { value: 'x' } },
    good: { 'output.api_url': { value: 'x' } },
    finds: 'one.output.admin_password',
  },
  one(
    'LOG-KEY',
    'aws_cloudwatch_log_group.l',
    { retention_in_days: 30 },
    { retention_in_days: 30, kms_key_id: 'k' },
  ),
  one('SNS-KEY', 'aws_sns_topic.t', {}, { kms_master_key_id: 'k' }),
];
