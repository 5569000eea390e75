import { statementsOf } from './policy';
import { each, unless, type Rule } from './rule';
import { valueAt, type Resource, type Synthesized } from './synthesized';

const BLOCKS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

/** Buckets, image repositories, keys and secrets. */
export const storageRules: readonly Rule[] = [
  {
    id: 'S3-PUBLIC',
    title: 'No bucket can be made public',
    why: 'One wrong policy later on, and models are on the internet.',
    controls: ['FSBP S3.8', 'CKV_AWS_53', 'CKV_AWS_54', 'CKV_AWS_55', 'CKV_AWS_56'],
    remedy: 'Add an aws_s3_bucket_public_access_block with all four switches on.',
    check: each('aws_s3_bucket', (bucket, system) => {
      const [block] = system.belongingTo(bucket, 'aws_s3_bucket_public_access_block', 'bucket');
      const open = BLOCKS.filter((name) => block?.values[name] !== true);
      return unless(open.length === 0, `not blocked: ${open.join(', ')}`);
    }),
  },
  {
    id: 'S3-VERSIONS',
    title: 'Every bucket keeps what is overwritten or deleted',
    why: 'A model that somebody overwrote cannot be had back.',
    controls: ['FSBP S3.14', 'CKV_AWS_21'],
    remedy: 'Add an aws_s3_bucket_versioning with status Enabled.',
    check: each('aws_s3_bucket', (bucket, system) => {
      const [versioning] = system.belongingTo(bucket, 'aws_s3_bucket_versioning', 'bucket');
      return unless(
        valueAt(versioning?.values, 'versioning_configuration.status') === 'Enabled',
        'no versioning',
      );
    }),
  },
  {
    id: 'S3-ENCRYPTION',
    title: 'Every bucket says how it encrypts',
    why: 'With a key of its own, reading an object needs a second permission.',
    controls: ['FSBP S3.17', 'CKV_AWS_19'],
    remedy: 'Add an aws_s3_bucket_server_side_encryption_configuration.',
    check: each('aws_s3_bucket', (bucket, system) => {
      const found = system.belongingTo(
        bucket,
        'aws_s3_bucket_server_side_encryption_configuration',
        'bucket',
      );
      return unless(found.length > 0, 'no encryption configuration');
    }),
  },
  {
    id: 'S3-TLS',
    title: 'No bucket answers without TLS',
    why: 'Artifacts and signed addresses could be read on the way.',
    controls: ['FSBP S3.5'],
    remedy: 'Deny all actions to everybody where aws:SecureTransport is false.',
    check: each('aws_s3_bucket', (bucket, system) =>
      unless(refusesHttp(bucket, system), 'accepts plain HTTP'),
    ),
  },
  {
    id: 'ECR-IMMUTABLE',
    title: 'A tag means one image for ever',
    why: 'A roll-back to a tag could start something else.',
    controls: ['FSBP ECR.2', 'CKV_AWS_51'],
    remedy: 'Set image_tag_mutability to IMMUTABLE.',
    check: each('aws_ecr_repository', ({ values }) =>
      unless(values['image_tag_mutability'] === 'IMMUTABLE', 'tags can be moved'),
    ),
  },
  {
    id: 'ECR-SCAN',
    title: 'Every image is scanned when it is pushed',
    why: 'A known hole in a package would not be seen.',
    controls: ['FSBP ECR.1', 'CKV_AWS_163'],
    remedy: 'Set image_scanning_configuration.scan_on_push.',
    check: each('aws_ecr_repository', ({ values }) =>
      unless(valueAt(values, 'image_scanning_configuration.scan_on_push') === true, 'not scanned'),
    ),
  },
  {
    id: 'KMS-ROTATION',
    title: 'Every key is rotated',
    why: 'What one key protects grows without end.',
    controls: ['FSBP KMS.4', 'CKV_AWS_7'],
    remedy: 'Set enable_key_rotation.',
    check: each('aws_kms_key', ({ values }) => unless(values['enable_key_rotation'] === true, 'not rotated')),
  },
  {
    id: 'SECRET-KEY',
    title: 'Every secret is encrypted with a key of ours',
    why: "With AWS's own key every role that may read secrets can read this one.",
    controls: ['CKV_AWS_149'],
    remedy: 'Set kms_key_id.',
    check: each('aws_secretsmanager_secret', ({ values }) =>
      unless(values['kms_key_id'] !== undefined, 'no key of its own'),
    ),
  },
  {
    id: 'SECRET-VALUE',
    title: 'No value of a secret is written by Terraform',
    why: 'It would stand in the state in plain text.',
    controls: ['A6'],
    remedy: 'Create the secret empty; the set-up task fills it.',
    check: (system) =>
      system
        .of('aws_secretsmanager_secret_version', 'random_password', 'aws_ssm_parameter')
        .map(({ address, type }) => ({ address, detail: `${type} puts its value into the state` })),
  },
];

function refusesHttp(bucket: Resource, system: Synthesized): boolean {
  const policies = system.belongingTo(bucket, 'aws_s3_bucket_policy', 'bucket').map(({ address }) => address);
  return statementsOf(system).some(
    ({ address, effect, conditions }) =>
      policies.includes(address) && effect === 'Deny' && conditions.includes('"aws:SecureTransport":"false"'),
  );
}
