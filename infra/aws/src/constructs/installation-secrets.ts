import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Construct } from 'constructs';
import { SECRET_FIELDS, type SecretName } from '../services/service-definition';

export interface InstallationSecretsProps {
  readonly prefix: string;
  readonly keyArn: string;
  /** Days a deleted secret can be restored; 0 frees its name at once. */
  readonly recoveryDays: number;
  /** Adds the secret of the OIDC client, which a person fills. @default false */
  readonly hasOidcClient?: boolean;
}

/**
 * Every secret of the installation, made without a value. The set-up program fills them, so that no value is ever in
 * Terraform's state, plan or outputs.
 */
export class InstallationSecrets extends Construct {
  /** Undefined without an OIDC client. */
  readonly oidcArn: string | undefined;
  /** What the set-up program fills: all but the OIDC client's. */
  readonly generatedArns: readonly string[];
  private readonly arns: Readonly<Record<SecretName, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: InstallationSecretsProps,
  ) {
    super(scope, id);
    const names = Object.keys(SECRET_FIELDS) as SecretName[];
    this.arns = Object.fromEntries(names.map((name) => [name, this.empty(name)])) as Record<
      SecretName,
      string
    >;
    this.generatedArns = Object.values(this.arns);
    this.oidcArn = props.hasOidcClient === true ? this.empty('oidc') : undefined;
  }

  arnOf(name: SecretName): string {
    return this.arns[name];
  }

  private empty(name: string): string {
    return new SecretsmanagerSecret(this, name.replaceAll('/', '-'), {
      name: `${this.props.prefix}/${name}`,
      kmsKeyId: this.props.keyArn,
      recoveryWindowInDays: this.props.recoveryDays,
    }).arn;
  }
}
