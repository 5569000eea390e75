import { TerraformOutput, type App } from 'cdktf';
import { ArtifactBucket } from '../constructs/artifact-bucket';
import { ExistingBucket } from '../constructs/existing-bucket';
import type { Environment } from '../environments';
import { EnvironmentStack } from './environment.stack';

/** Where MLflow's artifacts are. */
export interface Artifacts {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** KMS key of the objects; undefined for an existing bucket without one of its own. */
  readonly keyArn: string | undefined;
}

/** What must outlive everything else: the artifact bucket and its key, or an existing bucket by name. */
export class StorageStack extends EnvironmentStack {
  readonly artifacts: Artifacts;

  constructor(app: App, environment: Environment) {
    super(app, environment, 'storage');
    this.artifacts = this.existingBucket() ?? this.newBucket();
    new TerraformOutput(this, 'artifact_bucket', { value: this.artifacts.bucketName });
  }

  private existingBucket(): Artifacts | undefined {
    const { storage, region } = this.environment;
    if (storage.existingBucket === undefined) return undefined;
    const { name, kmsKeyArn } = storage.existingBucket;
    const { bucketName, arn } = new ExistingBucket(this, 'existing', { name, region });
    return { bucketName, bucketArn: arn, keyArn: kmsKeyArn };
  }

  private newBucket(): Artifacts {
    const { storage, logRetentionDays, isDisposable } = this.environment;
    const { bucketName, arn, keyArn } = new ArtifactBucket(this, 'artifacts', {
      prefix: this.prefix,
      accountId: this.accountId,
      noncurrentVersionDays: storage.noncurrentVersionDays,
      logRetentionDays,
      isDisposable,
    });
    return { bucketName, bucketArn: arn, keyArn };
  }
}
