import type { Cause } from './cause';

const LOG_AND_END = ['log', 'stopped task', 'container'] as const;

export const DATABASE_CAUSES: readonly Cause[] = [
  {
    id: 'database-port-twice',
    title: 'The address of the database holds the port, which is given once more beside it.',
    remedy: [
      'DATABASE_HOST and MLFLOW_DB_HOST take the name alone: RDS calls it address. What RDS calls endpoint has the port in it.',
      'infra/aws sets it right: "tidegate rollback {env} {service}" to its last revision, or deploy {env}-services.',
    ],
    signs: [
      { sources: ['setting'], pattern: /^(DATABASE_HOST|MLFLOW_DB_HOST)=[^=]*:\d+/ },
      { sources: ['setting'], pattern: /^\w*(URL|URI)=\w+(\+\w+)?:\/\/\S*:\d+:\d+/ },
      {
        sources: ['log'],
        pattern: /invalid (integer value|port number:?|literal for int\(\) with base 10:) ?["']?\d+:\d+/i,
      },
      {
        sources: ['log'],
        pattern: /(MLFLOW_DB_HOST|DATABASE_HOST)\b.*with a port|could not translate host name "[^"]+:\d+"/,
      },
    ],
  },
  {
    id: 'postgres-version-not-offered',
    title: 'RDS does not offer the wanted PostgreSQL version in {region}, so the database was never made.',
    remedy: [
      'Give the major version alone (database.engineVersion in infra/aws/src/environments), and RDS takes its newest minor one.',
      'What is offered: "aws rds describe-db-engine-versions --engine postgres --region {region}". Then deploy {env}-foundation.',
    ],
    signs: [
      { sources: ['database', 'log', 'event'], pattern: /Cannot find version \S+ for postgres/i },
      { sources: ['database'], pattern: /there is no instance .*RDS offers no version/ },
    ],
  },
  {
    id: 'database-missing',
    title: 'The database instance does not exist.',
    remedy: [
      'Deploy {env}-foundation, which makes it; its error says why if that fails.',
      'Was it deleted? Restore its last snapshot before: see docs/deploy.md.',
    ],
    signs: [{ sources: ['database'], pattern: /there is no instance (?!.*offers no version)/ }],
  },
  {
    id: 'database-not-available',
    title: 'The database instance is not available at the moment.',
    remedy: [
      'Wait when it is being changed, backed up or restarted; start it when it is stopped. The services find it again by themselves.',
    ],
    signs: [
      { sources: ['database'], pattern: /the instance is (?!available)/ },
      {
        sources: LOG_AND_END,
        pattern: /the database system is (starting up|shutting down|in recovery mode)/i,
      },
    ],
  },
  {
    id: 'database-login-refused',
    title: 'The database refuses the login of the service.',
    remedy: [
      'Role and secret do not fit: "tidegate setup {env}" makes them equal again.',
      'Then "tidegate redeploy {env} {service}": a running task keeps the password it started with.',
    ],
    signs: [
      {
        sources: LOG_AND_END,
        pattern: /password authentication failed|role "[^"]+" does not exist|"(code|causeCode)":"28/i,
      },
    ],
  },
  {
    id: 'database-not-set-up',
    title: 'The database of the service has not been made yet.',
    remedy: ['"tidegate setup {env}" makes databases, roles and schemas.'],
    signs: [{ sources: LOG_AND_END, pattern: /database "[^"]+" does not exist|"(code|causeCode)":"3D000/i }],
  },
  {
    id: 'database-connections-exhausted',
    title: 'The database has no free connection.',
    remedy: [
      'Fewer tasks, or a larger instance class: "tidegate scale {env} {service} <count>", or db_instance_class of the foundation.',
      'Who holds them: pg_stat_activity, by application_name.',
    ],
    signs: [
      {
        sources: LOG_AND_END,
        pattern: /remaining connection slots|too many (clients|connections)|"(code|causeCode)":"53300/i,
      },
    ],
  },
  {
    id: 'database-not-trusted',
    title: 'The certificate of the database is not trusted, or TLS is missing.',
    remedy: [
      'The image holds the authorities of RDS (/app/rds-ca.pem): build and push newer images when AWS has a new one.',
      'DATABASE_CA_FILE and MLFLOW_DB_CA_FILE must name that file, and the host must be the name RDS gives.',
    ],
    signs: [
      {
        sources: LOG_AND_END,
        pattern:
          /certificate verify failed|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|no pg_hba\.conf entry.*no encryption|TLS_NOT_OFFERED|server does not support SSL/i,
      },
    ],
  },
  {
    id: 'database-name-unresolved',
    title: 'The name of the database cannot be resolved.',
    remedy: [
      'Compare it with the address of the RDS instance; deploy {env}-services after the database was made anew.',
    ],
    signs: [
      {
        sources: ['log'],
        pattern:
          /getaddrinfo (ENOTFOUND|EAI_AGAIN) \S+\.rds\.amazonaws\.com|could not translate host name "[^":]+"/i,
      },
    ],
  },
  {
    id: 'database-timeout',
    title: 'The database does not answer in time.',
    remedy: [
      'Nothing in between may drop it: the security groups of service and database are looked at below.',
      'Is the instance overloaded? Look at its CPU, connections and free storage on the dashboard.',
    ],
    signs: [
      {
        sources: LOG_AND_END,
        pattern:
          /(connection to server at .*|could not connect to server: )(timed out|timeout)|timeout expired|connect E?TIMEDOUT \S+:5432|ETIMEDOUT.*5432|Connection terminated due to connection timeout|timeout exceeded when trying to connect|QueuePool limit .* timed out|canceling statement due to statement timeout/is,
      },
      {
        sources: ['log'],
        pattern:
          /database.*"(code|causeCode|cause)":"(ETIMEDOUT|CONNECTION_LOST)|"(code|causeCode)":"(ETIMEDOUT|CONNECTION_LOST)".*database/i,
      },
    ],
  },
  {
    id: 'database-away',
    title: 'The service cannot reach its database.',
    remedy: [
      'Look at the database and the network below, and at the log of PostgreSQL: /aws/rds/instance/{prefix}/postgresql.',
    ],
    signs: [
      {
        sources: ['log'],
        pattern:
          /DATABASE_UNAVAILABLE|KEY_STORE_UNAVAILABLE|database (of keys )?(is away|takes no writes)|The database cannot be used|psycopg2\.OperationalError/i,
      },
    ],
    isSymptom: true,
  },
];
