import type { S3Client } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '@tidegate/clock';
import { S3Artifacts } from './s3-artifacts';

/** What MLflow's Python client reads from MLFLOW_S3_ENDPOINT_URL and AWS_DEFAULT_REGION. */
export interface S3Settings {
  /** Of a store that speaks S3 (MinIO, Ceph); buckets are then part of the path. @default Amazon's */
  readonly endpointUrl?: string;
  /** @default what the AWS SDK finds; with an endpoint us-east-1, which such stores take for any */
  readonly region?: string;
  /** @default what the AWS SDK finds: environment, profile, role of the machine */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface S3StoreOptions {
  readonly s3?: S3Settings;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

const S3_URI = /^s3:\/\/(?<bucket>[^/]+)\/*(?<root>.*?)\/*$/;

/** Opens artifacts in S3. */
export class S3Store {
  private client: Promise<S3Client> | undefined;

  constructor(private readonly options: S3StoreOptions) {}

  /** Undefined when `artifactUri` is no `s3:` URI. */
  at(artifactUri: string): S3Artifacts | undefined {
    const { bucket, root } = S3_URI.exec(artifactUri)?.groups ?? {};
    if (bucket === undefined) return undefined;
    const { timeoutMs = 10_000, clock = systemClock } = this.options;
    return new S3Artifacts({ connect: () => this.connect(), bucket, root: root ?? '', timeoutMs, clock });
  }

  /** The SDK is loaded when the first artifact is there: it costs 20 MB of memory. */
  private connect(): Promise<S3Client> {
    this.client ??= this.makeClient().catch((failure: unknown) => {
      this.client = undefined;
      throw failure;
    });
    return this.client;
  }

  private async makeClient(): Promise<S3Client> {
    const { S3Client } = await import('@aws-sdk/client-s3');
    const { endpointUrl, region, credentials } = this.options.s3 ?? {};
    return new S3Client({
      followRegionRedirects: true,
      ...(credentials && { credentials }),
      ...(region !== undefined && { region }),
      ...(endpointUrl !== undefined && {
        endpoint: endpointUrl,
        forcePathStyle: true,
        region: region ?? 'us-east-1',
      }),
    });
  }
}
