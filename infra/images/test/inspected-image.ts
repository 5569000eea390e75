import { kit } from './containers';

export interface ImageFile {
  /** Without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly bytes: number;
}

export interface InspectedImage {
  readonly config: {
    readonly User: string;
    readonly ExposedPorts: Readonly<Record<string, unknown>>;
    readonly Healthcheck?: Readonly<Record<string, unknown>>;
  };
  /** What our Dockerfile adds to its base image, in any layer. */
  readonly files: readonly ImageFile[];
  readonly addedMegabytes: number;
}

const SECRET_FILES =
  /(^|\/)(\.npmrc|\.env(\..*)?|\.netrc|\.git|\.aws|\.tidegate|id_rsa.*|pip\.conf|\.pypirc|.*\.p12|.*\.key|.*\.tfstate.*|basic_auth\.ini)(\/|$)|^run\/secrets\/./;

/** What `tag` holds over `baseTag`, the image it is made from. */
export async function inspectImage(tag: string, baseTag: string): Promise<InspectedImage> {
  const image = JSON.parse(await kit('inspect.sh', tag, baseTag)) as Omit<InspectedImage, 'addedMegabytes'>;
  const bytes = image.files.reduce((sum, file) => sum + file.bytes, 0);
  return { ...image, addedMegabytes: bytes / 1e6 };
}

/** Files that are a secret by their name. MLflow's package brings an example of basic_auth.ini without one. */
export function secretFiles({ files }: InspectedImage): string[] {
  return files
    .map((file) => file.path)
    .filter((file) => SECRET_FILES.test(file) && !file.endsWith('/mlflow/server/auth/basic_auth.ini'));
}

/** Files that the user of the container could change if the file system were not read-only. */
export function writableFiles({ files }: InspectedImage): string[] {
  return files
    .filter(({ path, mode, uid }) => !path.startsWith('home/') && ((mode & 0o002) !== 0 || uid === 1000))
    .map((file) => file.path);
}
