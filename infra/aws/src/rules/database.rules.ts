import { each, unless, type Rule } from './rule';
import { listOf, refersTo } from './synthesized';

/** PostgreSQL on RDS, and Redis. */
export const databaseRules: readonly Rule[] = [
  {
    id: 'RDS-ENCRYPTED',
    title: 'The database is encrypted',
    why: 'Snapshots and replicas would be readable too, and it cannot be switched on later.',
    controls: ['FSBP RDS.3', 'CKV_AWS_16'],
    remedy: 'Set storage_encrypted and kms_key_id.',
    check: each('aws_db_instance', ({ values }) =>
      unless(values['storage_encrypted'] === true && values['kms_key_id'] !== undefined, 'not encrypted'),
    ),
  },
  {
    id: 'RDS-PRIVATE',
    title: 'The database has no public address',
    why: 'Anybody could try passwords.',
    controls: ['FSBP RDS.2', 'CKV_AWS_17'],
    remedy: 'Set publicly_accessible to false.',
    check: each('aws_db_instance', ({ values }) =>
      unless(values['publicly_accessible'] === false, 'may have a public address'),
    ),
  },
  {
    id: 'RDS-TLS',
    title: 'The database refuses connections without TLS',
    why: 'A client with sslmode=prefer would go on in plain text.',
    controls: ['CKV2_AWS_69'],
    remedy: 'Give it a parameter group with rds.force_ssl = 1.',
    check: each('aws_db_instance', ({ values }, system) => {
      const groups = system.of('aws_db_parameter_group').filter((group) => refersTo(values, group));
      const parameters = groups.flatMap((group) => listOf(group.values['parameter']));
      const isForced = parameters.some(({ name, value }) => name === 'rds.force_ssl' && value === '1');
      return unless(isForced, 'rds.force_ssl is not 1');
    }),
  },
  {
    id: 'RDS-BACKUP',
    title: 'The database is backed up for at least 7 days',
    why: 'A mistake is often found after a weekend.',
    controls: ['FSBP RDS.11', 'CKV_AWS_133'],
    remedy: 'Set backup_retention_period to 7 or more.',
    check: each('aws_db_instance', ({ values }) =>
      unless(Number(values['backup_retention_period'] ?? 0) >= 7, 'kept for less than 7 days'),
    ),
  },
  {
    id: 'RDS-PROTECTED',
    title: 'A database that is not disposable refuses to be deleted, and leaves a snapshot',
    why: 'One wrong destroy, and every experiment and prediction is gone.',
    controls: ['FSBP RDS.7', 'CKV_AWS_293'],
    remedy: 'Set database.isProtected in the environment.',
    check: each('aws_db_instance', ({ values }, { isDisposable }) => {
      const isProtected = values['deletion_protection'] === true && values['skip_final_snapshot'] === false;
      return unless(isDisposable || isProtected, 'can be deleted without a trace');
    }),
  },
  {
    id: 'RDS-ZONES',
    title: 'A database that is not disposable stands in two zones',
    why: 'When a zone fails, or the machine is patched, everything waits for it.',
    controls: ['FSBP RDS.5', 'CKV_AWS_157'],
    remedy: 'Set database.isMultiAz in the environment.',
    check: each('aws_db_instance', ({ values }, { isDisposable }) =>
      unless(isDisposable || values['multi_az'] === true, 'one zone'),
    ),
  },
  {
    id: 'RDS-MASTER',
    title: 'RDS keeps the master password',
    why: 'Given by Terraform, it stands in the state.',
    controls: ['A6'],
    remedy: 'Set manage_master_user_password, and no password.',
    check: each('aws_db_instance', ({ values }) =>
      unless(
        values['manage_master_user_password'] === true && values['password'] === undefined,
        'a password of our own',
      ),
    ),
  },
  {
    id: 'RDS-LOGS',
    title: 'The log of the database goes to CloudWatch',
    why: 'Who connected and what was slow would be gone with the machine.',
    controls: ['FSBP RDS.9', 'CKV_AWS_129'],
    remedy: 'Set enabled_cloudwatch_logs_exports.',
    check: each('aws_db_instance', ({ values }) =>
      unless(
        JSON.stringify(values['enabled_cloudwatch_logs_exports'] ?? '').includes('postgresql'),
        'no log',
      ),
    ),
  },
  {
    id: 'RDS-ADDRESS',
    title: 'What names the database uses its address, not its endpoint with the port',
    why: 'A port of its own is added to it, and no connection string with two ports works.',
    controls: ['A14'],
    remedy: 'Use the attribute address, and port where a port is wanted.',
    check: (system) =>
      system.resources
        .filter(({ values }) => /\$\{aws_db_instance\.[\w-]+\.endpoint\}/.test(JSON.stringify(values)))
        .map(({ address }) => ({ address, detail: 'uses the endpoint' })),
  },
  {
    id: 'REDIS-ENCRYPTED',
    title: 'Redis is encrypted at rest and on the way',
    why: 'Its keys name API keys.',
    controls: ['FSBP ElastiCache.4', 'FSBP ElastiCache.5', 'CKV_AWS_29', 'CKV_AWS_30'],
    remedy: 'Set at_rest_encryption_enabled and transit_encryption_enabled.',
    check: each('aws_elasticache_replication_group', ({ values }) => {
      const isEncrypted = ['at_rest_encryption_enabled', 'transit_encryption_enabled'].every(
        (name) => String(values[name]) === 'true',
      );
      return unless(isEncrypted, 'not encrypted');
    }),
  },
];
