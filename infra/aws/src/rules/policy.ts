import { listOf, type Synthesized, type Values } from './synthesized';

export interface Statement {
  readonly address: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** As text; empty in the policy of a role. */
  readonly principal: string;
  readonly conditions: string;
  /** The policy of a key, bucket, … rather than of a role. */
  readonly isResourcePolicy: boolean;
}

/** Attributes that hold a policy as JSON text, by resource type. */
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  aws_iam_policy: ['policy'],
  aws_iam_role: ['assume_role_policy'],
  aws_iam_role_policy: ['policy'],
  aws_kms_key: ['policy'],
  aws_s3_bucket_policy: ['policy'],
  aws_sns_topic_policy: ['policy'],
  aws_ecr_repository_policy: ['policy'],
  aws_secretsmanager_secret_policy: ['policy'],
  aws_backup_vault_policy: ['policy'],
  aws_vpc_endpoint: ['policy'],
  aws_cloudwatch_log_resource_policy: ['policy_document'],
};
const ROLE_POLICIES = ['aws_iam_policy', 'aws_iam_role_policy'];

/** Every statement of every policy. */
export function statementsOf(system: Synthesized): Statement[] {
  return system.resources.flatMap(({ type, address, values }) =>
    (POLICIES[type] ?? [])
      .map((attribute) => values[attribute])
      .filter((text) => typeof text === 'string')
      .flatMap((text) => listOf((JSON.parse(text) as Values)['Statement']))
      .map((statement) => ({
        address,
        effect: String(statement['Effect']),
        actions: textsOf(statement['Action']),
        resources: textsOf(statement['Resource']),
        principal: JSON.stringify(statement['Principal'] ?? ''),
        conditions: JSON.stringify(statement['Condition'] ?? ''),
        isResourcePolicy: !ROLE_POLICIES.includes(type),
      })),
  );
}

function textsOf(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
