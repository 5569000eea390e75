import { synthesizeBase } from '../../test/synthesized-base';

const dev = synthesizeBase('dev').storage;
const production = synthesizeBase('production').storage;
const BUCKET = 'tidegate-production-artifacts-123456789012';

describe('the artifact bucket', () => {
  it('is named after the installation and the account', () => {
    expect(production.one('aws_s3_bucket', { bucket: BUCKET })).toBeDefined();
  });

  it('cannot be destroyed outside dev, nor can its key', () => {
    expect(production.one('aws_s3_bucket', { bucket: BUCKET })['lifecycle']).toEqual({
      prevent_destroy: true,
    });
    expect(production.one('aws_kms_key')['lifecycle']).toEqual({ prevent_destroy: true });
  });

  it('is not emptied by Terraform, not even in dev, and goes before its key', () => {
    const bucket = dev.one('aws_s3_bucket', { bucket: 'tidegate-dev-artifacts-123456789012' });
    expect(bucket['force_destroy']).toBe(false);
    expect(bucket['depends_on']).toEqual([expect.stringMatching(/^aws_kms_key\./)]);
  });

  it('keeps versions for 90 days and removes unfinished uploads', () => {
    for (const { versioning_configuration } of production.all('aws_s3_bucket_versioning'))
      expect(versioning_configuration).toEqual({ status: 'Enabled' });
    const rules = production.all('aws_s3_bucket_lifecycle_configuration').flatMap(({ rule }) => rule);
    expect(rules).toContainEqual(
      expect.objectContaining({
        status: 'Enabled',
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        expiration: [{ expired_object_delete_marker: true }],
      }),
    );
  });

  it('is encrypted with its own key, which changes every year', () => {
    expect(production.one('aws_kms_key')['enable_key_rotation']).toBe(true);
    const rules = production
      .all('aws_s3_bucket_server_side_encryption_configuration')
      .flatMap(({ rule }) => rule);
    expect(rules).toContainEqual({
      apply_server_side_encryption_by_default: {
        kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/) as string,
        sse_algorithm: 'aws:kms',
      },
      bucket_key_enabled: true,
    });
  });

  it('has a log of who read and wrote, written only after S3 may write it', () => {
    const logging = production.one('aws_s3_bucket_logging');
    expect(logging['depends_on']).toEqual([expect.stringMatching(/^aws_s3_bucket_policy\./)]);
  });
});

describe('every bucket', () => {
  it('is closed to the public, refuses plain HTTP and knows no access lists', () => {
    const buckets = production.all('aws_s3_bucket').length;
    const blocks = production.all('aws_s3_bucket_public_access_block');
    const policies = production.all('aws_s3_bucket_policy');
    expect([blocks.length, policies.length]).toEqual([buckets, buckets]);
    for (const block of blocks)
      expect(block).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
    for (const { policy } of policies)
      expect(JSON.parse(String(policy))).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]) as unknown[],
      });
    for (const { rule } of production.all('aws_s3_bucket_ownership_controls'))
      expect(rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
  });
});

describe('an existing bucket', () => {
  const existingBucket = {
    name: 'models-of-before',
    region: 'eu-west-2',
    kmsKeyArn: 'arn:aws:kms:eu-west-2:1:key/k',
  };
  const { storage, foundation } = synthesizeBase('production', { storage: { existingBucket } });

  it('is read and never changed', () => {
    expect(storage.json['resource']).toBeUndefined();
    expect(Object.keys(storage.json['data'] ?? {})).toEqual(['aws_s3_bucket']);
  });

  it('fails the plan when AWS says that it is in another region', () => {
    const [bucket] = Object.values(storage.json['data']?.['aws_s3_bucket'] as object) as [object];
    expect(bucket).toMatchObject({
      bucket: 'models-of-before',
      lifecycle: { postcondition: [{ condition: '${self.region == "eu-west-2"}' }] },
    });
  });

  it('is what MLflow, backups and the endpoint of S3 are given', () => {
    const text = JSON.stringify(foundation.json);
    expect(text).toContain('${data.aws_s3_bucket.existing');
    expect(text).not.toContain('${aws_s3_bucket.artifacts');
  });
});
