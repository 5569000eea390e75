import { createHash } from 'node:crypto';
import type { ArtifactSource } from '@tidegate/mlflow-client';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';
import type { ArtifactOwner } from './owned-artifacts';
import { patiently } from './patience';

/** Every file below the artifacts of a run or logged model, as their store lists them. */
export class OwnedFiles {
  private constructor(
    private readonly owner: ArtifactOwner,
    private readonly source: ArtifactSource,
    private readonly files: readonly { readonly path: string; readonly sizeBytes: number }[],
  ) {}

  static async of(reader: MlflowReader, owner: ArtifactOwner): Promise<OwnedFiles> {
    const source = await reader.artifacts(owner);
    const files = [];
    const folders = [''];
    for (const folder of folders)
      for (const entry of await patiently(() => source.list(folder), { canRepeat: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFolder) folders.push(path);
        else files.push({ path, sizeBytes: entry.sizeBytes ?? 0 });
      }
    return new OwnedFiles(owner, source, files);
  }

  get sizes(): Map<string, string> {
    return new Map(this.files.map(({ path, sizeBytes }) => [`artifact ${path}`, `${sizeBytes} bytes`]));
  }

  /** Size and checksum of each: reads them all. */
  async contents(progress: MigrateProgress): Promise<Map<string, string>> {
    const facts = new Map<string, string>();
    for (const { path } of this.files) {
      const what = `validating ${this.owner.kind}/${this.owner.id}/${path}`;
      const read = () => contentFact(progress.follow(this.source.open(path), what));
      facts.set(`artifact ${path}`, await patiently(read, { canRepeat: true }));
    }
    return facts;
  }
}

async function contentFact(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return `${bytes} bytes, SHA-256 ${hash.digest('hex')}`;
}
