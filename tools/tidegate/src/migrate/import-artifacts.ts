import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../command-error';
import type { ExportFolder } from './export-folder';
import type { ImportJournal } from './import-journal';
import { megabytes, type MigrateProgress } from './migrate-progress';
import type { MlflowWriter } from './mlflow-writer';

/** Uploads the files of runs and logged models, each checked against its manifest first. */
export class ArtifactImport {
  files = 0;
  bytes = 0;

  constructor(
    private readonly folder: ExportFolder,
    private readonly writer: MlflowWriter,
    private readonly journal: ImportJournal,
    private readonly progress: MigrateProgress,
  ) {}

  async import(kind: 'runs' | 'models', id: string, targetUri: string): Promise<void> {
    const root = this.folder.artifactsOf(kind, id);
    const manifest = await this.folder.manifest(kind, id);
    for (const { path: file, sizeBytes, sha256 } of manifest?.files ?? []) {
      const name = `${kind}/${id}/${file}`;
      if (this.journal.has('file-done', name)) continue;
      const from = { path: path.join(root, file), sizeBytes };
      await this.check(from.path, name, sha256);
      this.progress.report(() => `importing ${name}: ${megabytes(sizeBytes)}`);
      await this.writer.uploadFile(targetUri, file, from);
      await this.journal.record({ kind: 'file-done', from: name });
      this.files += 1;
      this.bytes += sizeBytes;
    }
  }

  private async check(file: string, name: string, sha256: string): Promise<void> {
    const hash = createHash('sha256');
    try {
      const chunks = createReadStream(file) as AsyncIterable<Buffer>;
      for await (const chunk of this.progress.follow(chunks, `checking ${name}`)) hash.update(chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (hash.digest('hex') === sha256) return;
    throw new CommandError(
      `artifacts/${name} in ${this.folder.path} is not what was exported: expected SHA-256 ${sha256}. Export again into an empty folder.`,
    );
  }
}
