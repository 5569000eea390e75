import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { LocalBackend, S3Backend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { prefixOf, type Environment } from '../environments';

/** A stack of one environment: its provider, its tags, and where its state is kept. */
export abstract class EnvironmentStack extends TerraformStack {
  /** `tidegate-dev` */
  readonly prefix: string;
  private account?: string;

  protected constructor(
    scope: Construct,
    readonly environment: Environment,
    part: 'storage' | 'foundation' | 'services',
  ) {
    const name = `${environment.name}-${part}`;
    super(scope, name);
    this.prefix = prefixOf(environment);
    new AwsProvider(this, 'aws', {
      region: environment.region,
      ...(environment.accountId === undefined ? {} : { allowedAccountIds: [environment.accountId] }),
      defaultTags: [
        {
          tags: {
            Project: environment.project,
            Environment: environment.name,
            ManagedBy: 'cdktf',
            Stack: name,
          },
        },
      ],
    });
    this.keepState(`${this.prefix}/${part}.tfstate`);
  }

  /** As the environment says; otherwise asked for once, so that a plan of a named account needs no look-up. */
  protected get accountId(): string {
    this.account ??= this.environment.accountId ?? new DataAwsCallerIdentity(this, 'account').accountId;
    return this.account;
  }

  private keepState(key: string): void {
    const { stateBucket, region } = this.environment;
    if (stateBucket === undefined) {
      new LocalBackend(this, {});
      return;
    }
    new S3Backend(this, { bucket: stateBucket, key, region, encrypt: true });
    // cdktf 0.21 has no option for Terraform's own lock file.
    this.addOverride('terraform.backend.s3.use_lockfile', true);
  }
}
