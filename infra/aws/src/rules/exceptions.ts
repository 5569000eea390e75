/** A finding that stays, and why. Shared by our rules and checkov, so that a reason is written once. */
export interface Exception {
  /** Ids of our rules and of checkov's (`CKV_…`). */
  readonly rules: readonly string[];
  /** Names of resources without the hash at their end, such as `log-bucket`. */
  readonly resources: readonly string[];
  readonly reason: string;
}

const SECRETS = [
  'secrets_api',
  'secrets_database-api',
  'secrets_database-logging',
  'secrets_database-mlflow',
  'secrets_inference',
  'secrets_internal',
  'secrets_mlflow',
];

export const EXCEPTIONS: readonly Exception[] = [
  {
    rules: ['IAM-ACTIONS'],
    resources: ['key', 'artifacts_key'],
    reason:
      'The policy of a key hands it to the account, whose roles then need a permission of their own. Without this statement nobody could manage the key any more, AWS included.',
  },
  {
    rules: ['IAM-TRUST'],
    resources: ['backup_role'],
    reason:
      'AWS Backup does not say for which account it works; a backup plan can only name roles of its own account.',
  },
  {
    rules: ['CKV2_AWS_5'],
    resources: ['setup_group'],
    reason:
      'The set-up task has it. That is no service: "tidegate setup" starts it, and no resource refers to it.',
  },
  {
    rules: ['CKV2_AWS_57'],
    resources: SECRETS,
    reason:
      'A changed password has to reach PostgreSQL or MLflow and every running task at once. The set-up task and a deployment do that; a rotation function would need the master password.',
  },
  {
    rules: ['CKV2_AWS_62'],
    resources: ['artifacts_bucket', 'artifacts_access-log_bucket', 'log-bucket'],
    reason: 'Nobody waits for the event that an artifact or a log file was written.',
  },
  {
    rules: ['CKV_AWS_144'],
    resources: ['artifacts_bucket', 'artifacts_access-log_bucket', 'log-bucket'],
    reason:
      'Everything is in one region (A4). Versions and AWS Backup guard against mistakes; a lost region is not covered.',
  },
  {
    rules: ['CKV_AWS_145'],
    resources: ['artifacts_access-log_bucket', 'log-bucket'],
    reason:
      "Load balancers and S3 write their access logs only to buckets that are encrypted with S3's own key.",
  },
  {
    rules: ['CKV_AWS_18'],
    resources: ['log-bucket'],
    reason: 'It is a bucket of logs itself; logging who writes logs would never end.',
  },
  {
    rules: ['CKV_AWS_260'],
    resources: ['edge_load-balancer_from-0000--0-80'],
    reason: 'Port 80 redirects to HTTPS and answers nothing else (rules ALB-HTTPS and ALB-DEFAULT).',
  },
  {
    rules: ['CKV2_AWS_76'],
    resources: ['edge_load-balancer'],
    reason:
      'The firewall blocks known bad inputs, Log4j among them (rule WAF-RULES). The list of anonymous addresses, which checkov wants besides, would refuse clients that run in another cloud or in CI.',
  },
  {
    rules: ['CKV_AWS_31'],
    resources: ['redis_group'],
    reason:
      'A password would stand in the state. Redis is encrypted, holds counters only, and its security group admits the api alone.',
  },
  {
    rules: ['CKV_AWS_378'],
    resources: ['api_target_group', 'mlflow-ui_target_group'],
    reason: 'TLS ends at the load balancer; behind it, security groups let only the load balancer in.',
  },
  {
    rules: ['CKV_AWS_124'],
    resources: ['mlflow-ui_cognito_client'],
    reason: 'The stack holds one Cognito client, and Terraform waits for it and reports when it fails.',
  },
];
