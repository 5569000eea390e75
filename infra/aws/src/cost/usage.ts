import type { Environment } from '../environments';

/** What a month of use amounts to: the part of the bill that no setting decides. */
export interface Usage {
  /** Requests from outside, in millions. */
  readonly requestsMillion: number;
  /** To clients on the internet: downloads of artifacts, mostly. The first 100 GB of an account are free. */
  readonly gbOut: number;
  /** Through the NAT: pulls of images, calls of AWS. Artifacts and image layers take the free S3 endpoint. */
  readonly gbThroughNat: number;
  /** Between the two zones, counted once on each side. */
  readonly gbBetweenZones: number;
  /** Written to CloudWatch by services, database, flow log and Container Insights. */
  readonly logGb: number;
  /** In the artifact bucket, old versions included. */
  readonly artifactGb: number;
  /** In the database. */
  readonly databaseGb: number;
  /** Objects read and written, in thousands. */
  readonly artifactRequestsThousand: number;
  /** In ECR. */
  readonly imageGb: number;
  /** Names asked for inside the VPC, in millions. */
  readonly dnsQueriesMillion: number;
  /** Metrics the apps make by themselves in CloudWatch (`apps/<app>/src/cloudwatch-metrics.ts`). */
  readonly appMetrics: number;
  /** Load balancer capacity units on average; one is 1 GB an hour, 25 new connections or 1,000 rules a second. */
  readonly loadBalancerUnits: number;
}

/** A test counts them. */
const APP_METRICS = 24;

/** A handful of people and a few models. */
const SMALL: Usage = {
  requestsMillion: 1,
  gbOut: 10,
  gbThroughNat: 5,
  gbBetweenZones: 10,
  logGb: 2,
  artifactGb: 10,
  databaseGb: 5,
  artifactRequestsThousand: 50,
  imageGb: 3,
  dnsQueriesMillion: 1,
  appMetrics: APP_METRICS,
  loadBalancerUnits: 0.2,
};

/** A service that others rely on: about ten requests a second. */
const BUSY: Usage = {
  requestsMillion: 25,
  gbOut: 150,
  gbThroughNat: 20,
  gbBetweenZones: 200,
  logGb: 20,
  artifactGb: 100,
  databaseGb: 25,
  artifactRequestsThousand: 1_000,
  imageGb: 10,
  dnsQueriesMillion: 4,
  appMetrics: APP_METRICS,
  loadBalancerUnits: 1,
};

/** What is assumed unless somebody knows better. */
export function assumedUsage(environment: Environment): Usage {
  return environment.name === 'production' ? BUSY : SMALL;
}
