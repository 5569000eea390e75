/** Processor architectures of ECS Fargate, as Docker names them; the first is the default of `infra/aws`. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
export type Platform = (typeof PLATFORMS)[number];

export const IMAGES = ['api', 'inference', 'logging', 'mlflow', 'setup'] as const;
export type Image = (typeof IMAGES)[number];

export interface ImageBuild {
  /** Options of `docker build`; the context is the workspace. */
  readonly options: readonly string[];
  /** Nx projects: a change to one of them changes the image. */
  readonly projects: readonly string[];
}

export const imageBuilds: Readonly<Record<Image, ImageBuild>> = {
  api: nodeService('api', 'api'),
  inference: nodeService('inference', 'inference'),
  logging: nodeService('logging', 'logging'),
  mlflow: { options: ['--file', 'infra/images/mlflow/Dockerfile'], projects: ['images'] },
  setup: nodeService('setup', 'setup'),
};

function nodeService(app: string, project: string): ImageBuild {
  return {
    options: ['--file', 'infra/images/node/Dockerfile', '--build-arg', `APP=${app}`],
    projects: [project, 'images'],
  };
}
