import type { Difference } from '../terraform/plan-differences';

/** Resources whose end takes something with it that no deployment brings back. */
const DATA: Readonly<Record<string, string>> = {
  aws_db_instance:
    'the database with its backups: all experiments, runs, models’ names and versions, API keys, logged predictions',
  aws_secretsmanager_secret: 'secrets',
  aws_ecr_repository: 'all images of a repository: no release in it can be gone back to',
  aws_s3_bucket: 'a bucket with its objects',
  aws_kms_key: 'an encryption key: what it encrypted cannot be read any more',
  aws_backup_vault: 'the copies of the backup',
  aws_cognito_user_pool: 'the people who may see MLflow’s pages',
  aws_cloudwatch_log_group: 'logs',
  aws_elasticache_replication_group: 'the counts of the rate limits',
};

/** Of these nothing is missed, even without being asked. */
const REPLACEABLE = new Set(['aws_cloudwatch_log_group', 'aws_elasticache_replication_group']);

/** What the end of some resources takes with it, a line each, most of a kind once. */
export function lossesOf(differences: readonly Difference[]): string[] {
  const ending = differences.filter(({ action }) => action === 'delete' || action === 'replace');
  return Object.entries(DATA).flatMap(([type, what]) => {
    const names = ending.filter((one) => one.type === type).map(({ address }) => shortName(address));
    return names.length === 0 ? [] : [`${what} (${names.join(', ')})`];
  });
}

/** Whether a plan ends something that nobody can bring back. */
export function losesData(differences: readonly Difference[]): boolean {
  const kept = Object.keys(DATA).filter((type) => !REPLACEABLE.has(type));
  return differences.some(
    ({ type, action }) => (action === 'delete' || action === 'replace') && kept.includes(type),
  );
}

/** CDKTF's names end with a hash: `aws_db_instance.database_database_1A2B3C4D`. */
function shortName(address: string): string {
  return address.replace(/^[^.]+\./, '').replace(/_[0-9A-F]{8}$/, '');
}
