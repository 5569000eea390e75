import type { Readable } from 'node:stream';
import type { ArtifactEntry, ArtifactSource } from './artifact-source';
import type { MlflowHttp } from './mlflow-http';
import { artifactListing } from './registry-answers';

const ARTIFACTS_PATH = '/api/2.0/mlflow-artifacts/artifacts';
const PROXIED_URI = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(?<root>.*?)\/*$/;

/** Artifacts the MLflow server hands out itself (`--serve-artifacts`, its default). */
export class ProxiedArtifacts implements ArtifactSource {
  private constructor(
    private readonly http: MlflowHttp,
    private readonly root: string,
  ) {}

  /**
   * Undefined when `artifactUri` is no `mlflow-artifacts:` URI. A host in it is passed over: it is the server's
   * name for itself, which need not be ours (gateway), and credentials must not go where a URI says.
   */
  static at(http: MlflowHttp, artifactUri: string): ProxiedArtifacts | undefined {
    const root = PROXIED_URI.exec(artifactUri)?.groups?.root;
    return root === undefined ? undefined : new ProxiedArtifacts(http, root);
  }

  async list(folder: string, signal?: AbortSignal): Promise<readonly ArtifactEntry[]> {
    const listing = await this.http.sendForJson(
      { method: 'GET', path: ARTIFACTS_PATH, query: { path: joined(this.root, folder) }, signal },
      artifactListing,
    );
    return listing.files.map((file) => ({
      name: file.path,
      isFolder: file.is_dir,
      ...(file.file_size !== undefined && { sizeBytes: file.file_size }),
    }));
  }

  open(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.http.stream({ method: 'GET', path: this.pathOf(file), signal });
  }

  write(file: string, content: { readonly bytes: Readable; readonly sizeBytes: number }): Promise<void> {
    return this.http.upload({ path: this.pathOf(file), ...content });
  }

  private pathOf(file: string): string {
    const encoded = joined(this.root, file).split('/').map(encodeURIComponent).join('/');
    return `${ARTIFACTS_PATH}/${encoded}`;
  }
}

function joined(root: string, path: string): string {
  return [root, path].filter((part) => part !== '').join('/');
}
