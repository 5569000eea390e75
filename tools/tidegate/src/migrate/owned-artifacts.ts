import type { ArtifactEntry, ArtifactSource, MlflowClient } from '@tidegate/mlflow-client';
import { z } from 'zod';

/** Whose artifacts they are, and where MLflow says that they lie. */
export interface ArtifactOwner {
  readonly kind: 'runs' | 'models';
  readonly id: string;
  readonly uri: string;
}

const listing = z.object({
  files: z
    .array(
      z.object({
        path: z.string(),
        is_dir: z.boolean().default(false),
        file_size: z.union([z.number(), z.string().transform(Number)]).optional(),
      }),
    )
    .default([]),
});

const AJAX = '/ajax-api/2.0/mlflow';

/**
 * The artifacts of a run or logged model. Where they lie on the server's own disk (`./mlruns` of a first trial), the
 * server is asked for each file, as its web page does.
 */
export async function ownedArtifacts(client: MlflowClient, owner: ArtifactOwner): Promise<ArtifactSource> {
  return isServersDisk(owner.uri) ? new DiskArtifacts(client, owner) : client.artifactsAt(owner.uri);
}

function isServersDisk(uri: string): boolean {
  return /^file:/i.test(uri) || !/^[a-z][a-z0-9+.-]+:/i.test(uri);
}

class DiskArtifacts implements ArtifactSource {
  constructor(
    private readonly client: MlflowClient,
    private readonly owner: ArtifactOwner,
  ) {}

  async list(folder: string): Promise<readonly ArtifactEntry[]> {
    const { kind, id } = this.owner;
    const [path, query] =
      kind === 'runs'
        ? ['/api/2.0/mlflow/artifacts/list', { run_id: id, ...(folder !== '' && { path: folder }) }]
        : [
            `${AJAX}/logged-models/${encodeURIComponent(id)}/artifacts/directories`,
            folder === '' ? {} : { artifact_directory_path: folder },
          ];
    const { files } = await this.client.call({ method: 'GET', path, query }, listing);
    return files.map((file) => ({
      name: file.path.slice(file.path.lastIndexOf('/') + 1),
      isFolder: file.is_dir,
      ...(file.file_size !== undefined && { sizeBytes: file.file_size }),
    }));
  }

  open(file: string): AsyncIterable<Uint8Array> {
    const { kind, id } = this.owner;
    return kind === 'runs'
      ? this.client.stream('/get-artifact', { run_id: id, path: file })
      : this.client.stream(`${AJAX}/logged-models/${encodeURIComponent(id)}/artifacts/files`, {
          artifact_file_path: file,
        });
  }
}
