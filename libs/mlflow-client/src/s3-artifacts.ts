import type { Readable } from 'node:stream';
import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '@tidegate/clock';
import type { ArtifactEntry, ArtifactSource } from './artifact-source';
import { MlflowError } from './mlflow-error';
import { Silence } from './s3-silence';
import { uploadToS3 } from './s3-upload';

export interface S3Location {
  readonly connect: () => Promise<S3Client>;
  readonly bucket: string;
  /** Without slashes at its ends; `''` is the whole bucket. */
  readonly root: string;
  /** For a page of a listing; for a file until its first byte and between two chunks. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A folder that holds more is no model. */
const MAX_LISTED = 100_000;

/** Artifacts in an S3 bucket: objects whose keys begin with the root. */
export class S3Artifacts implements ArtifactSource {
  constructor(private readonly location: S3Location) {}

  async list(folder: string, signal?: AbortSignal): Promise<readonly ArtifactEntry[]> {
    const prefix = this.keyOf(folder) === '' ? '' : `${this.keyOf(folder)}/`;
    const entries: ArtifactEntry[] = [];
    let token: string | undefined;
    do {
      const page = await this.listPage(prefix, token, signal);
      entries.push(...entriesOf(page, prefix));
      if (entries.length > MAX_LISTED) {
        throw new MlflowError(
          'MLFLOW_DOWNLOAD_TOO_LARGE',
          `The artifact folder holds more than ${MAX_LISTED} files.`,
        );
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return entries;
  }

  async *open(file: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const what = `s3://${this.location.bucket}/${this.keyOf(file)}`;
    const guard = new Silence(this.location, signal);
    try {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const client = await this.location.connect();
      const command = new GetObjectCommand({ Bucket: this.location.bucket, Key: this.keyOf(file) });
      const { Body } = await client.send(command, { abortSignal: guard.signal });
      for await (const chunk of Body as AsyncIterable<Uint8Array>) {
        guard.heard();
        yield chunk;
        // Whoever takes the bytes may take its time.
        guard.heard();
      }
    } catch (failure) {
      throw guard.explain(failure, what);
    } finally {
      guard.end();
    }
  }

  async write(
    file: string,
    content: { readonly bytes: Readable; readonly sizeBytes: number },
  ): Promise<void> {
    const { connect, bucket, timeoutMs, clock } = this.location;
    try {
      const client = await connect();
      await uploadToS3({ client, bucket, key: this.keyOf(file), timeoutMs, clock, ...content });
    } finally {
      content.bytes.destroy();
    }
  }

  private async listPage(
    prefix: string,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ListObjectsV2CommandOutput> {
    const { bucket: Bucket, connect } = this.location;
    const guard = new Silence(this.location, signal);
    try {
      const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
      const command = new ListObjectsV2Command({
        Bucket,
        Prefix: prefix,
        Delimiter: '/',
        ContinuationToken: token,
      });
      return await (await connect()).send(command, { abortSignal: guard.signal });
    } catch (failure) {
      throw guard.explain(failure, `s3://${Bucket}/${prefix}`);
    } finally {
      guard.end();
    }
  }

  private keyOf(path: string): string {
    return [this.location.root, path].filter((part) => part !== '').join('/');
  }
}

/** Keys are folders by their slashes; the object `root/` that some tools make for an empty folder is no file. */
function entriesOf(page: ListObjectsV2CommandOutput, prefix: string): ArtifactEntry[] {
  const folders = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => ({
    name: Prefix.slice(prefix.length, -1),
    isFolder: true,
  }));
  const files = (page.Contents ?? [])
    .filter(({ Key }) => Key !== prefix)
    .map(({ Key = '', Size }) => ({
      name: Key.slice(prefix.length),
      isFolder: false,
      ...(Size !== undefined && { sizeBytes: Size }),
    }));
  return [...folders, ...files];
}
