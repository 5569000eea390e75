export interface SetupContainersProps {
  readonly project: string;
  /** Name of the environment. */
  readonly environmentName: string;
  readonly region: string;
  readonly database: { readonly host: string; readonly port: number; readonly masterSecretArn: string };
  readonly mlflowSecretArn: string;
  /** Repositories, without a tag. */
  readonly images: { readonly setup: string; readonly mlflow: string };
  readonly logGroupName: string;
}

/** The certificates of RDS in both images. */
const CA_FILE = '/app/rds-ca.pem';

/**
 * Two containers, one after the other: ours, then MLflow's upgrade of its own schemas. Secrets have no value when the
 * task starts, so the containers fetch them instead of having them handed over.
 */
export function setupContainers(props: SetupContainersProps): string {
  const { project, environmentName, region, database, images } = props;
  return JSON.stringify([
    {
      ...container('setup', images.setup, props),
      essential: false,
      environment: variables({
        AWS_REGION: region,
        TIDEGATE_PROJECT: project,
        TIDEGATE_ENVIRONMENT: environmentName,
        DATABASE_HOST: database.host,
        DATABASE_PORT: String(database.port),
        DATABASE_CA_FILE: CA_FILE,
        MASTER_SECRET_ARN: database.masterSecretArn,
      }),
    },
    {
      ...container('mlflow-schema', images.mlflow, props),
      command: ['upgrade'],
      essential: true,
      dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }],
      environment: variables({
        AWS_REGION: region,
        MLFLOW_DB_HOST: database.host,
        MLFLOW_DB_PORT: String(database.port),
        MLFLOW_DB_NAME: 'mlflow_db',
        MLFLOW_AUTH_DB_NAME: 'mlflow_auth_db',
        MLFLOW_DB_CA_FILE: CA_FILE,
        MLFLOW_DB_SECRET_ARN: props.mlflowSecretArn,
      }),
    },
  ]);
}

function container(name: string, repository: string, { region, logGroupName }: SetupContainersProps) {
  return {
    name,
    // `tidegate setup` registers a revision with the digest it pushed; this one never runs.
    image: `${repository}:not-pushed-yet`,
    user: '1000:1000',
    readonlyRootFilesystem: true,
    privileged: false,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    mountPoints: [{ sourceVolume: `tmp-${name}`, containerPath: '/tmp', readOnly: false }],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroupName,
        'awslogs-region': region,
        'awslogs-stream-prefix': 'setup',
      },
    },
  };
}

function variables(values: Readonly<Record<string, string>>): { name: string; value: string }[] {
  // In the order in which AWS gives them back.
  return Object.entries(values)
    .map(([name, value]) => ({ name, value }))
    .sort((left, right) => left.name.localeCompare(right.name));
}
