import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  ImageAlreadyExistsException,
  ImageNotFoundException,
  PutImageCommand,
  RepositoryNotFoundException,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { CommandError } from '../command-error';
import type { Installation } from '../command-line';
import type { RegistryLogin } from './docker';
import { IMAGES, type Image } from './image-builds';

/** The ECR repositories of an installation. */
export class Registry {
  constructor(
    private readonly ecr: ECRClient,
    private readonly installation: Installation,
  ) {}

  /**
   * Each image's name without tag: `<account>.dkr.ecr.<region>.amazonaws.com/<prefix>/<image>`.
   *
   * @throws CommandError when they are not there
   */
  async repositories(): Promise<Readonly<Record<Image, string>>> {
    const { environment, prefix, region } = this.installation;
    try {
      const repositoryNames = IMAGES.map((image) => this.repositoryOf(image));
      const { repositories = [] } = await this.ecr.send(new DescribeRepositoriesCommand({ repositoryNames }));
      const uris = new Map(
        repositories.map(({ repositoryName, repositoryUri }) => [repositoryName, repositoryUri]),
      );
      return Object.fromEntries(IMAGES.map((image) => [image, uris.get(this.repositoryOf(image))])) as Record<
        Image,
        string
      >;
    } catch (error) {
      if (!(error instanceof RepositoryNotFoundException)) throw error;
      throw new CommandError(
        `The repositories ${prefix}/{${IMAGES.join(',')}} are not all in ${region}: ${error.message} ` +
          `Deploy the stack ${environment}-foundation first; if it is in another region or of another project, say so with --region or --project.`,
      );
    }
  }

  /** `sha256:…`, or undefined when the repository has no such tag. */
  async digestOf(image: Image, tag: string): Promise<string | undefined> {
    try {
      const { imageDetails } = await this.ecr.send(
        new DescribeImagesCommand({
          repositoryName: this.repositoryOf(image),
          imageIds: [{ imageTag: tag }],
        }),
      );
      return imageDetails?.[0]?.imageDigest;
    } catch (error) {
      if (error instanceof ImageNotFoundException) return undefined;
      throw error;
    }
  }

  /** Gives the image that has `tag` another one; false when nothing has `tag`. */
  async addTag(image: Image, tag: string, newTag: string): Promise<boolean> {
    const repositoryName = this.repositoryOf(image);
    const { images = [] } = await this.ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
    );
    const [found] = images;
    if (found === undefined) return false;
    const { imageManifest, imageManifestMediaType } = found;
    try {
      await this.ecr.send(
        new PutImageCommand({ repositoryName, imageManifest, imageManifestMediaType, imageTag: newTag }),
      );
    } catch (error) {
      if (!(error instanceof ImageAlreadyExistsException)) throw error;
    }
    return true;
  }

  async login(): Promise<RegistryLogin> {
    const { authorizationData } = await this.ecr.send(new GetAuthorizationTokenCommand({}));
    const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
    if (authorizationToken === undefined || proxyEndpoint === undefined)
      throw new CommandError('ECR gave no login: expected a token and an endpoint. Try again.');
    const [username = '', password = ''] = Buffer.from(authorizationToken, 'base64').toString().split(':');
    return { host: new URL(proxyEndpoint).host, username, password };
  }

  private repositoryOf(image: Image): string {
    return `${this.installation.prefix}/${image}`;
  }
}
