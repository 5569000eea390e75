import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { Construct } from 'constructs';
import { InfrastructureError } from '../infrastructure-error';

export interface ImageRepositoriesProps {
  readonly prefix: string;
  readonly images: readonly string[];
  readonly keyArn: string;
  /** Images that are kept to roll back to. @default 20 */
  readonly keptImages?: number;
  /** Terraform deletes the images too. @default false */
  readonly isEmptiedOnDestroy?: boolean;
}

/** An ECR repository for each image: a tag is never moved, every image is scanned. */
export class ImageRepositories extends Construct {
  private readonly repositories: Readonly<Record<string, EcrRepository>>;

  constructor(scope: Construct, id: string, props: ImageRepositoriesProps) {
    super(scope, id);
    this.repositories = Object.fromEntries(
      props.images.map((image) => [image, this.repository(image, props)]),
    );
  }

  /** `<account>.dkr.ecr.<region>.amazonaws.com/<prefix>/<image>`, without a tag */
  urlOf(image: string): string {
    return this.of(image).repositoryUrl;
  }

  arnOf(image: string): string {
    return this.of(image).arn;
  }

  private of(image: string): EcrRepository {
    const repository = this.repositories[image];
    if (repository === undefined) {
      throw new InfrastructureError(
        `There is no repository for the image "${image}": expected one of ${Object.keys(this.repositories).join(', ')}. ` +
          'An image belongs to a service in src/services.',
      );
    }
    return repository;
  }

  private repository(image: string, props: ImageRepositoriesProps): EcrRepository {
    const repository = new EcrRepository(this, image, {
      name: `${props.prefix}/${image}`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: props.keyArn }],
      forceDelete: props.isEmptiedOnDestroy ?? false,
    });
    new EcrLifecyclePolicy(this, `${image}-tidy`, {
      repository: repository.name,
      policy: keepOnly(props.keptImages ?? 20),
    });
    return repository;
  }
}

function keepOnly(count: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: 'What no tag names any more',
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 7,
        },
        action: { type: 'expire' },
      },
      {
        rulePriority: 2,
        description: `All but the last ${count}`,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: count },
        action: { type: 'expire' },
      },
    ],
  });
}
