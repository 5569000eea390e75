import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { maxConnectionsOf } from '../checks/database-capacity';
import { DatabaseMonitoring } from './database-monitoring';
import { DatabaseParameters } from './database-parameters';

export interface DatabaseProps {
  /** Also the identifier of the instance. */
  readonly prefix: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly keyArn: string;
  /** Major version only. */
  readonly engineVersion: string;
  /** As Terraform gets it: the variable `db_instance_class`. */
  readonly instanceClass: string;
  /** What the variable is by default: the number of connections follows from it. */
  readonly defaultInstanceClass: string;
  readonly storageGib: number;
  readonly maxStorageGib: number;
  readonly backupDays: number;
  readonly isMultiAz: boolean;
  readonly isProtected: boolean;
  readonly performanceInsightsDays: number;
  readonly logRetentionDays: number;
  /** Changes at once instead of in the weekly window, and no last snapshot. */
  readonly isDisposable: boolean;
}

const EXPORTED_LOGS = ['postgresql', 'upgrade'];

/** PostgreSQL on RDS: private, encrypted, TLS only, its master password known to RDS and the set-up task alone. */
export class Database extends Construct {
  readonly identifier: string;
  readonly arn: string;
  readonly host: string;
  readonly port: number = 5432;
  readonly securityGroupId: string;
  readonly masterSecretArn: string;
  /** Connections that the instance class takes, on the safe side. */
  readonly connectionLimit: number;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseProps,
  ) {
    super(scope, id);
    this.securityGroupId = this.securityGroup();
    const instance = this.instance();
    this.identifier = props.prefix;
    this.arn = instance.arn;
    this.host = instance.address;
    this.masterSecretArn = instance.masterUserSecret.get(0).secretArn;
    this.connectionLimit = maxConnectionsOf(props.defaultInstanceClass);
  }

  private instance(): DbInstance {
    const { prefix, engineVersion, subnetIds, isProtected, isDisposable } = this.props;
    const subnets = new DbSubnetGroup(this, 'subnets', { name: prefix, subnetIds });
    const parameters = new DatabaseParameters(this, 'parameters', { prefix, engineVersion });
    return new DbInstance(this, 'instance', {
      identifier: prefix,
      engine: 'postgres',
      engineVersion,
      autoMinorVersionUpgrade: true,
      instanceClass: this.props.instanceClass,
      parameterGroupName: parameters.name,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [this.securityGroupId],
      port: this.port,
      publiclyAccessible: false,
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      multiAz: this.props.isMultiAz,
      ...this.access(),
      ...this.storage(),
      ...this.backups(),
      ...this.monitoring(),
      deletionProtection: isProtected,
      // Refused before anything else is destroyed, not by AWS when the rest is gone.
      lifecycle: { preventDestroy: isProtected },
      applyImmediately: isDisposable,
    });
  }

  private access() {
    return {
      username: 'tidegate_admin',
      // The password is made and kept by RDS: it is in no state file.
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: this.props.keyArn,
      iamDatabaseAuthenticationEnabled: true,
    };
  }

  private storage() {
    return {
      storageType: 'gp3',
      allocatedStorage: this.props.storageGib,
      maxAllocatedStorage: this.props.maxStorageGib,
      storageEncrypted: true,
      kmsKeyId: this.props.keyArn,
    };
  }

  private backups() {
    const { prefix, isDisposable, backupDays } = this.props;
    return {
      backupRetentionPeriod: backupDays,
      backupWindow: '02:00-03:00',
      maintenanceWindow: 'sun:03:30-sun:04:30',
      copyTagsToSnapshot: true,
      // With the instance, automated backups go too: what is left is the last snapshot.
      deleteAutomatedBackups: isDisposable,
      skipFinalSnapshot: isDisposable,
      ...(isDisposable ? {} : { finalSnapshotIdentifier: `${prefix}-final` }),
    };
  }

  private monitoring() {
    const settings = {
      enabledCloudwatchLogsExports: EXPORTED_LOGS,
      performanceInsightsEnabled: true,
      performanceInsightsRetentionPeriod: this.props.performanceInsightsDays,
      performanceInsightsKmsKeyId: this.props.keyArn,
    };
    const dependsOn: ITerraformDependable[] = this.logGroups();
    const { prefix, accountId, isProtected } = this.props;
    if (!isProtected) return { ...settings, dependsOn };
    const { roleArn, permission } = new DatabaseMonitoring(this, 'monitoring', { prefix, accountId });
    return {
      ...settings,
      monitoringInterval: 60,
      monitoringRoleArn: roleArn,
      dependsOn: [...dependsOn, permission],
    };
  }

  /** RDS would make these groups by itself, and keep them for ever. */
  private logGroups(): CloudwatchLogGroup[] {
    return EXPORTED_LOGS.map(
      (log) =>
        new CloudwatchLogGroup(this, `log-${log}`, {
          name: `/aws/rds/instance/${this.props.prefix}/${log}`,
          retentionInDays: this.props.logRetentionDays,
          kmsKeyId: this.props.keyArn,
        }),
    );
  }

  /** Without rules: who connects brings a rule along. */
  private securityGroup(): string {
    const name = `${this.props.prefix}-database`;
    return new SecurityGroup(this, 'group', {
      name,
      description: 'Database',
      vpcId: this.props.vpcId,
      tags: { Name: name },
    }).id;
  }
}
