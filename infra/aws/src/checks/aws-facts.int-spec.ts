import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { useAwsSimulator } from '@tidegate/testing';
import { bucketFacts, offeredPostgresVersions } from './aws-facts';

const aws = useAwsSimulator();

function s3(region = aws.region): S3Client {
  return new S3Client({ ...aws.sdk, region });
}

async function createBucket(region: string, name: string): Promise<void> {
  const LocationConstraint = region as 'eu-west-1';
  const CreateBucketConfiguration = region === 'us-east-1' ? undefined : { LocationConstraint };
  await s3(region).send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
}

it('tells where a bucket is and whether it keeps versions', async () => {
  await createBucket('eu-west-2', 'here');
  const Status = 'Enabled' as const;
  await s3().send(new PutBucketVersioningCommand({ Bucket: 'here', VersioningConfiguration: { Status } }));
  await createBucket('us-east-1', 'elsewhere');
  expect(await bucketFacts(s3(), 'here')).toEqual({ region: 'eu-west-2', isVersioned: true });
  expect(await bucketFacts(s3(), 'elsewhere')).toEqual({ region: 'us-east-1', isVersioned: false });
});

it('knows a bucket that does not exist', async () => {
  expect(await bucketFacts(s3(), 'nobody-made-this-one')).toBeUndefined();
});

/** moto does not know this call; its answers, in two pages, look like this. */
function versionsPage(versions: readonly string[], marker = ''): string {
  const members = versions.map(
    (version) =>
      `<DBEngineVersion><Engine>postgres</Engine><EngineVersion>${version}</EngineVersion></DBEngineVersion>`,
  );
  return `<DescribeDBEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
    <DescribeDBEngineVersionsResult>${marker}<DBEngineVersions>${members.join('')}</DBEngineVersions></DescribeDBEngineVersionsResult>
  </DescribeDBEngineVersionsResponse>`;
}

it('lists every version of PostgreSQL that is offered, page by page', async () => {
  const rds = createServer((request, response) => {
    void text(request).then((body) => {
      const isSecond = new URLSearchParams(body).get('Marker') === 'more';
      response.setHeader('content-type', 'text/xml');
      response.end(
        isSecond ? versionsPage(['16.8']) : versionsPage(['14.17', '15.12'], '<Marker>more</Marker>'),
      );
    });
  });
  await new Promise<void>((resolve) => rds.listen(0, '127.0.0.1', resolve));
  try {
    const endpoint = `http://127.0.0.1:${(rds.address() as AddressInfo).port}`;
    const client = new RDSClient({ ...aws.sdk, endpoint });
    expect(await offeredPostgresVersions(client)).toEqual(['14.17', '15.12', '16.8']);
  } finally {
    rds.close();
    rds.closeAllConnections();
  }
});
