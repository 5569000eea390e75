import {
  downloadFolder,
  MlflowError,
  type ArtifactSource,
  type DownloadedFile,
} from '@tidegate/mlflow-client';
import type { ExportFolder } from './export-folder';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';
import type { ArtifactOwner } from './owned-artifacts';
import { patiently } from './patience';

/** Of one run; a listing of more is a mistake of the server. */
const MAX_ENTRIES = 1_000_000;

/** Brings the artifacts of runs and logged models into the folder, each with a manifest of checksums. */
export class ArtifactExport {
  constructor(
    private readonly server: MlflowReader,
    private readonly folder: ExportFolder,
    private readonly progress: MigrateProgress,
  ) {}

  async export(owner: ArtifactOwner): Promise<void> {
    if ((await this.folder.manifest(owner.kind, owner.id)) !== undefined) return;
    const fetch = async (): Promise<void> => {
      await this.folder.removeUnfinished(owner.kind, owner.id);
      const source = this.followed(await this.server.artifacts(owner), owner);
      const files = await filesOf(source, this.folder.artifactsOf(owner.kind, owner.id));
      await this.folder.writeManifest(owner.kind, owner.id, { files });
    };
    await patiently(fetch, { canRepeat: true });
  }

  private followed(source: ArtifactSource, { kind, id }: ArtifactOwner): ArtifactSource {
    return {
      list: (folder) => source.list(folder),
      open: (file) => this.progress.follow(source.open(file), `exporting ${kind}/${id}/${file}`),
    };
  }
}

async function filesOf(source: ArtifactSource, target: string): Promise<DownloadedFile[]> {
  try {
    const limits = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: MAX_ENTRIES };
    return [...(await downloadFolder(source, target, limits)).files];
  } catch (failure) {
    // No file at all, as most runs have none; a refusal of the server has a status.
    const isEmpty =
      failure instanceof MlflowError &&
      failure.code === 'MLFLOW_NOT_FOUND' &&
      failure.httpStatus === undefined;
    if (isEmpty) return [];
    throw failure;
  }
}
