import { START, type Cause } from './cause';

export const SECRET_CAUSES: readonly Cause[] = [
  {
    id: 'secret-empty',
    title: 'A secret has no value yet.',
    remedy: ['Fill the secrets: "tidegate setup {env}". Then "tidegate redeploy {env} {service}".'],
    signs: [
      { sources: START, pattern: /can't find the specified secret value for staging label/i },
      { sources: ['secret'], pattern: / is empty$/ },
    ],
  },
  {
    id: 'secret-deleted',
    title: 'A secret was deleted and waits for its end.',
    remedy: [
      'Bring it back while it can be: "aws secretsmanager restore-secret --secret-id <arn> --region {region}".',
      'Then "tidegate redeploy {env} {service}".',
    ],
    signs: [
      { sources: ['secret'], pattern: / is deleted$/ },
      { sources: START, pattern: /InvalidRequestException.*marked for deletion/is },
    ],
  },
  {
    id: 'secret-missing',
    title: 'A secret that the task refers to does not exist.',
    remedy: [
      'Deploy {env}-foundation, which makes the secrets, then "tidegate setup {env}" and {env}-services.',
    ],
    signs: [
      { sources: ['secret'], pattern: / is missing$/ },
      {
        sources: START,
        pattern: /can't find the specified secret\.|secret.*ResourceNotFoundException(?!.*staging label)/is,
      },
    ],
  },
  {
    id: 'secret-field-missing',
    title: 'A secret lacks the field that the task wants of it.',
    remedy: [
      '"tidegate setup {env}" adds missing fields and leaves the others as they are.',
      'Then "tidegate redeploy {env} {service}".',
    ],
    signs: [
      {
        sources: START,
        pattern: /did not contain json key|invalid character .* looking for beginning of value/i,
      },
    ],
  },
  {
    id: 'secret-key-denied',
    title: 'The execution role may not use the KMS key of a secret.',
    remedy: [
      'Deploy {env}-services again: it gives the role kms:Decrypt. Has the key been disabled or deleted?',
    ],
    signs: [
      {
        sources: START,
        pattern: /Access to KMS is not allowed|kms:Decrypt|KMSAccessDenied|key .* is disabled/i,
      },
    ],
  },
  {
    id: 'secret-denied',
    title: 'The execution role may not read a secret.',
    remedy: [
      'Deploy {env}-services again: it gives the role secretsmanager:GetSecretValue on the secrets of this service.',
      'Is the secret one that somebody added by hand? Its policy must admit the role.',
    ],
    signs: [
      { sources: START, pattern: /secretsmanager:GetSecretValue|from asm.*AccessDenied(?!.*KMS)/is },
      { sources: ['log'], pattern: /MLFLOW_DB_SECRET_ARN: .*AccessDenied/ },
    ],
  },
  {
    id: 'secrets-unreachable',
    title: 'The task has no way to Secrets Manager.',
    remedy: [
      'Look at the network below: a route to a NAT or an endpoint for secretsmanager, and port 443 out.',
      '"tidegate drift {env}" says whether it was changed by hand.',
    ],
    signs: [
      {
        sources: START,
        pattern:
          /(asm|secrets? manager|secretsmanager|ssm).*(RequestError|RequestCanceled|i\/o timeout|context deadl|no such host)/is,
      },
    ],
  },
  {
    id: 'secret-unreadable',
    title: 'A secret could not be fetched; ECS cut off why.',
    remedy: [
      'Secrets, their values and the network were looked at: see below. Is nothing wrong there, it is the right of the execution role.',
      'The whole answer is in CloudTrail, event GetSecretValue.',
    ],
    signs: [{ sources: START, pattern: /unable to retrieve secrets?|failed to fetch secret/i }],
    isSymptom: true,
  },
  {
    id: 'log-group-missing',
    title: 'The log group of the service is gone, and no task starts without it.',
    remedy: ['Deploy {env}-services again: it makes /ecs/{prefix}/{service}.'],
    signs: [
      {
        sources: START,
        pattern: /log group does not exist|failed to create Cloudwatch log (stream|group)|logging driver/i,
      },
    ],
  },
];
