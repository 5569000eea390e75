import type { Cause } from './cause';

export const MLFLOW_CAUSES: readonly Cause[] = [
  {
    id: 'bucket-other-region',
    title: 'The artifact bucket is in another region than the service.',
    remedy: [
      'Give a bucket in {region} (storage of the environment in infra/aws), and copy what is needed: "aws s3 sync".',
      'Then deploy {env}-storage and {env}-services.',
    ],
    signs: [
      { sources: ['bucket'], pattern: /^it is in / },
      {
        sources: ['log'],
        pattern:
          /PermanentRedirect|must be addressed using the specified endpoint|IllegalLocationConstraint|AuthorizationHeaderMalformed/,
      },
    ],
  },
  {
    id: 'bucket-missing',
    title: 'The artifact bucket does not exist.',
    remedy: ['Deploy {env}-storage, or name the right bucket in the environment.'],
    signs: [
      { sources: ['bucket'], pattern: /no such bucket/ },
      { sources: ['log'], pattern: /NoSuchBucket/ },
    ],
  },
  {
    id: 'artifact-store-denied',
    title: 'MLflow may not use its artifact store.',
    remedy: [
      'Deploy {env}-services again: it gives the task role the rights on bucket and key. Does a policy of the bucket forbid it?',
      'The container needs a task role: there must be no AWS_ACCESS_KEY_ID in its settings.',
    ],
    signs: [
      {
        sources: ['log'],
        pattern:
          /(AccessDenied|Forbidden).*(PutObject|GetObject|HeadObject|ListObjects\w*|ListBucket|CreateMultipartUpload|HeadBucket)|botocore\.exceptions\.NoCredentialsError|Unable to locate credentials/s,
      },
    ],
  },
  {
    id: 'mlflow-prefix',
    title: 'MLflow and those who call it do not agree on its path prefix.',
    remedy: [
      'MLFLOW_STATIC_PREFIX of mlflow must be a path such as /mlflow, or unset; with it, health is <prefix>/health.',
      'The path in MLFLOW_TRACKING_URI of the api must be the same.',
    ],
    signs: [
      {
        sources: ['log'],
        pattern: /MLFLOW_STATIC_PREFIX is|GET \/(api\/2\.0\/mlflow|health|version)\S* HTTP\/1\.\d" 404/,
      },
      { sources: ['log'], pattern: /GET http:\/\/127\.0\.0\.1:5000\S* answered 404/ },
    ],
  },
  {
    id: 'mlflow-host-refused',
    title: 'MLflow refuses the host name it is called by.',
    remedy: [
      'Add the name to MLFLOW_ALLOWED_HOSTS; infra/aws does so for the names it makes: deploy {env}-services.',
    ],
    signs: [{ sources: ['log'], pattern: /Invalid Host header|DNS rebinding/i }],
  },
  {
    id: 'mlflow-schema-old',
    title: 'The schema of the database is older than this MLflow.',
    remedy: [
      'Make a backup, then "tidegate setup {env}", which upgrades the schema; the tasks start by themselves then.',
    ],
    signs: [
      {
        sources: ['log'],
        pattern:
          /Database \S+ has (no schema revision|schema revision \S+), MLflow \S+ needs|out-of-date database schema/,
      },
    ],
  },
  {
    id: 'mlflow-schema-new',
    title: 'The schema of the database is newer than this MLflow.',
    remedy: [
      'Run the MLflow that upgraded it: "tidegate rollback {env} {service} --to <its revision>".',
      'Or restore the backup made before the upgrade.',
    ],
    signs: [
      {
        sources: ['log'],
        pattern:
          /has schema revision \S+, which MLflow \S+ does not know|Can't locate revision identified by/,
      },
    ],
  },
  {
    id: 'mlflow-credential-refused',
    title: 'MLflow does not accept the login of the api.',
    remedy: [
      '"tidegate setup {env}" makes secret and administrator equal; then "tidegate redeploy {env} api", and mlflow.',
    ],
    signs: [{ sources: ['log'], pattern: /UPSTREAM_REFUSED_CREDENTIAL|You are not authenticated/ }],
  },
  {
    id: 'mlflow-not-ready',
    title: 'MLflow is not ready, and this service waits for it.',
    remedy: ['Ask for the cause there: "tidegate diagnose {env} mlflow".'],
    signs: [
      {
        sources: ['log'],
        pattern:
          /mlflow\S* became unhealthy|"dependency":"mlflow\S*".*"to":"unhealthy"|the registry gives no version/,
      },
    ],
    isSymptom: true,
  },
];
