import { createHash } from 'node:crypto';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';
import type { ArtifactOwner } from './owned-artifacts';
import { patiently } from './patience';

/** Every file below an owner's artifacts with its size, and its checksum unless only sizes are wanted. */
export async function artifactFacts(
  reader: MlflowReader,
  owner: ArtifactOwner,
  options: { readonly checksums: boolean; readonly progress: MigrateProgress },
): Promise<Map<string, string>> {
  const facts = new Map<string, string>();
  const source = await reader.artifacts(owner);
  const folders = [''];
  for (const folder of folders)
    for (const entry of await patiently(() => source.list(folder), { canRepeat: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFolder) folders.push(file);
      else if (options.checksums) {
        const what = `validating ${owner.kind}/${owner.id}/${file}`;
        const read = () => contentFact(options.progress.follow(source.open(file), what));
        facts.set(`artifact ${file}`, await patiently(read, { canRepeat: true }));
      } else facts.set(`artifact ${file}`, `${entry.sizeBytes ?? 0} bytes`);
    }
  return facts;
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
