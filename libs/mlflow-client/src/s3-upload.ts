import type { Readable } from 'node:stream';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '@tidegate/clock';
import { Silence } from './s3-silence';

export interface S3Upload {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** Exactly `sizeBytes` long. */
  readonly bytes: Readable;
  readonly sizeBytes: number;
  /** For each part, longer by a second for every 128 kB of it. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What is not larger goes in one request; S3 takes parts from 5 MiB on. */
const PART_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 10_000;
const SLOWEST_UPLOAD_BYTES_PER_MS = 128;
const REMEDIES = {
  refused:
    'Check the AWS credentials and the region, and give them s3:PutObject and s3:AbortMultipartUpload on the artifacts.',
  missing: 'Make the bucket, or give the MLflow server another artifact root.',
};

/** Puts an object in place of what was there, whole or not at all; holds a part at a time in memory. */
export async function uploadToS3(upload: S3Upload): Promise<void> {
  const { sizeBytes } = upload;
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS));
  if (sizeBytes > partBytes) return uploadParts(upload, partBytes);
  let body = Buffer.alloc(0);
  for await (const part of parts(upload, partBytes)) body = Buffer.concat([body, part]);
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket: Bucket, key: Key, client } = upload;
  await heard(upload, body.length, (abortSignal) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: body }), { abortSignal }),
  );
}

async function uploadParts(upload: S3Upload, partBytes: number): Promise<void> {
  const { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand } =
    await import('@aws-sdk/client-s3');
  const { bucket: Bucket, key: Key, client } = upload;
  const object = { Bucket, Key };
  const { UploadId } = await heard(upload, 0, (abortSignal) =>
    client.send(new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'CRC32' }), { abortSignal }),
  );
  try {
    const Parts: CompletedPart[] = [];
    for await (const body of parts(upload, partBytes))
      Parts.push(await uploadPart(upload, { ...object, UploadId, PartNumber: Parts.length + 1 }, body));
    const complete = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } });
    await heard(upload, 0, (abortSignal) => client.send(complete, { abortSignal }));
  } catch (failure) {
    // Parts of what never becomes an object would be paid for; when this fails too, the first failure is the one to tell.
    await client.send(new AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => undefined);
    throw failure;
  }
}

async function uploadPart(
  upload: S3Upload,
  part: {
    readonly Bucket: string;
    readonly Key: string;
    readonly UploadId: string | undefined;
    readonly PartNumber: number;
  },
  body: Buffer,
): Promise<CompletedPart> {
  const { UploadPartCommand } = await import('@aws-sdk/client-s3');
  const command = new UploadPartCommand({ ...part, Body: body, ChecksumAlgorithm: 'CRC32' });
  const { ETag, ChecksumCRC32 } = await heard(upload, body.length, (abortSignal) =>
    upload.client.send(command, { abortSignal }),
  );
  return { PartNumber: part.PartNumber, ETag, ChecksumCRC32 };
}

/** In portions of `partBytes`, the last one smaller. */
async function* parts({ bytes, sizeBytes }: S3Upload, partBytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let totalBytes = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    totalBytes += chunk.length;
    let rest = chunk;
    while (heldBytes + rest.length >= partBytes) {
      const fitting = rest.subarray(0, partBytes - heldBytes);
      yield Buffer.concat([...held, fitting]);
      rest = rest.subarray(fitting.length);
      held = [];
      heldBytes = 0;
    }
    held.push(rest);
    heldBytes += rest.length;
  }
  if (totalBytes !== sizeBytes)
    throw new RangeError(`The file changed while it was sent: ${totalBytes} bytes, expected ${sizeBytes}.`);
  if (heldBytes > 0) yield Buffer.concat(held);
}

async function heard<T>(
  { bucket, key, timeoutMs, clock }: S3Upload,
  bytes: number,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const guard = new Silence({ timeoutMs: timeoutMs + bytes / SLOWEST_UPLOAD_BYTES_PER_MS, clock }, undefined);
  try {
    return await send(guard.signal);
  } catch (failure) {
    throw guard.explain(failure, `s3://${bucket}/${key}`, REMEDIES);
  } finally {
    guard.end();
  }
}
