/** One statement of an IAM, key or bucket policy. */
export interface PolicyStatement {
  readonly sid: string;
  /** @default Allow */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Only in policies of a resource, such as a bucket. @default none, as in the policy of a role */
  readonly principal?: '*' | { readonly Service: string | readonly string[] } | { readonly AWS: string };
  /** @default always */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The JSON text that AWS wants. Written in full, so that a plan shows it and a scanner reads it. */
export function policyDocument(...statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      Sid: statement.sid,
      Effect: statement.effect ?? 'Allow',
      Principal: statement.principal,
      Action: oneOrAll(statement.actions),
      Resource: oneOrAll(statement.resources),
      Condition: statement.conditions,
    })),
  });
}

/**
 * The trust policy of a role that a service of AWS takes on.
 *
 * @param accountId the service takes it on for this account only, not for somebody else who names our role; undefined
 * for the few services that do not say for whom they work
 */
export function trustOf(service: string, accountId: string | undefined): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Trust',
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        Condition: accountId === undefined ? undefined : { StringEquals: { 'aws:SourceAccount': accountId } },
      },
    ],
  });
}

/** AWS gives a list of one back as its element, which a plan would show as a change. */
function oneOrAll(values: readonly string[]): string | readonly string[] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}
