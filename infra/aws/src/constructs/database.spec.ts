import { synthesizeBase } from '../../test/synthesized-base';

const dev = synthesizeBase('dev').foundation;
const production = synthesizeBase('production').foundation;
const KEY = expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/) as string;

describe('the database', () => {
  it('is PostgreSQL 15 of whatever minor version AWS keeps patched (A3, A14)', () => {
    for (const stack of [dev, production])
      expect(stack.one('aws_db_instance')).toMatchObject({
        engine: 'postgres',
        engine_version: '15',
        auto_minor_version_upgrade: true,
      });
  });

  it('is small and alone in dev, and goes without a trace', () => {
    expect(dev.one('aws_db_instance')).toMatchObject({
      allocated_storage: 20,
      max_allocated_storage: 100,
      storage_type: 'gp3',
      backup_retention_period: 7,
      multi_az: false,
      deletion_protection: false,
      skip_final_snapshot: true,
    });
  });

  it('is in two zones in production, refuses deletion and leaves a snapshot', () => {
    expect(production.one('aws_db_instance')).toMatchObject({
      multi_az: true,
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: 'tidegate-production-final',
      delete_automated_backups: false,
      backup_retention_period: 35,
      apply_immediately: false,
      monitoring_interval: 60,
    });
  });

  it('has an instance class that one variable changes (A10)', () => {
    expect(dev.json['variable']?.['db_instance_class']).toMatchObject({
      default: 'db.t3.micro',
      type: 'string',
    });
    expect(dev.one('aws_db_instance')['instance_class']).toBe('${var.db_instance_class}');
  });

  it('has a password that RDS makes and Terraform never sees (A6)', () => {
    const instance = production.one('aws_db_instance');
    expect(instance).toMatchObject({ manage_master_user_password: true, master_user_secret_kms_key_id: KEY });
    expect(instance['password']).toBeUndefined();
  });

  it('is private and encrypted, logs and performance data too', () => {
    expect(production.one('aws_db_instance')).toMatchObject({
      publicly_accessible: false,
      storage_encrypted: true,
      kms_key_id: KEY,
      performance_insights_enabled: true,
      performance_insights_kms_key_id: KEY,
      copy_tags_to_snapshot: true,
    });
  });

  it('finds its log groups made, or RDS would make them without an end', () => {
    const instance = production.one('aws_db_instance');
    for (const log of instance['enabled_cloudwatch_logs_exports'] as string[]) {
      const name = `/aws/rds/instance/tidegate-production/${log}`;
      expect(production.one('aws_cloudwatch_log_group', { name })).toMatchObject({ retention_in_days: 365 });
      expect(instance['depends_on']).toContainEqual(expect.stringContaining(`log-${log}`));
    }
  });

  it('takes TLS only and never logs a statement that sets a password', () => {
    const parameters = production.one('aws_db_parameter_group')['parameter'];
    expect(parameters).toContainEqual({ name: 'rds.force_ssl', value: '1' });
    expect(parameters).toContainEqual({ name: 'log_statement', value: 'none' });
  });

  it('is entered by the set-up task, and else only by who brings a rule', () => {
    const group = production.one('aws_security_group', { name: 'tidegate-production-database' });
    expect([group['ingress'], group['egress']]).toEqual([undefined, undefined]);
    const rules = Object.entries(production.resources('aws_vpc_security_group_ingress_rule'));
    const own = rules.filter(([, rule]) => String(rule['security_group_id']).includes('database_group'));
    expect(own.map(([, rule]) => rule['referenced_security_group_id'])).toEqual([
      expect.stringContaining('setup_group') as string,
    ]);
  });
});
