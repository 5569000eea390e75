import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Problem } from '../checks';
import { prefixOf, type Environment } from '../environments';
import { SECRET_FIELDS } from '../services/service-definition';
import { secretFacts, secretState, type SecretFacts } from './secret-facts';

/** Empty until a pepper is replaced; tasks need the field all the same. */
const MAY_BE_EMPTY: readonly string[] = ['api.previous_pepper'];

interface WantedSecret {
  /** Such as `api`. */
  readonly name: string;
  /** Such as `tidegate-dev/api`. */
  readonly id: string;
  readonly fields: readonly string[];
}

/** A secret that was deleted keeps its name for days: it can be neither read nor made again. */
export async function deletedSecretProblems(
  client: SecretsManagerClient,
  environment: Environment,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { id } of wantedSecrets(environment))
    if ((await secretState(client, id)) === 'deleted')
      problems.push({
        what: `The secret ${id} is marked for deletion: its name is taken, and no task can read it.`,
        expected: 'a secret that is there, or a name that is free.',
        remedy:
          `Restore it: aws secretsmanager restore-secret --region ${environment.region} --secret-id ${id}. If the installation ` +
          'it belonged to is gone, free the name: delete-secret with --force-delete-without-recovery.',
      });
  return problems;
}

/** The secrets of the services and, where people sign in with a provider of yours, that of its client. */
export async function unfilledSecretProblems(
  client: SecretsManagerClient,
  environment: Environment,
): Promise<readonly Problem[]> {
  const found: { secret: WantedSecret; facts: SecretFacts }[] = [];
  for (const secret of wantedSecrets(environment))
    found.push({ secret, facts: await secretFacts(client, secret.id) });
  if (found.every(({ facts }) => facts.state === 'missing')) return [noneYet(environment)];
  return found.flatMap(({ secret, facts }) => unfilled(environment, secret, facts));
}

function wantedSecrets(environment: Environment): readonly WantedSecret[] {
  const fieldsOf: Readonly<Record<string, readonly string[]>> = {
    ...SECRET_FIELDS,
    ...(environment.edge.mlflowUi?.kind === 'oidc' && { oidc: ['client_secret'] }),
  };
  return Object.entries(fieldsOf).map(([name, fields]) => ({
    name,
    id: `${prefixOf(environment)}/${name}`,
    fields,
  }));
}

function noneYet(environment: Environment): Problem {
  const { name } = environment;
  return {
    what: `None of the secrets ${prefixOf(environment)}/… is there: ${name} was not deployed yet.`,
    expected: 'every secret, with its values.',
    remedy: `Deploy ${name}-foundation, which makes them, then run "tidegate setup ${name}", which fills them.`,
  };
}

function unfilled(
  { name: environmentName }: Environment,
  { name, id, fields }: WantedSecret,
  facts: SecretFacts,
): readonly Problem[] {
  const expected = `a JSON object with a text for each of ${fields.join(', ')}.`;
  const fill =
    name === 'oidc'
      ? "Put the client's secret there: docs/deploy.md says how, under MLflow's pages."
      : `Run "tidegate setup ${environmentName}".`;
  switch (facts.state) {
    case 'deleted':
      return [];
    case 'missing': {
      const remedy = `Deploy ${environmentName}-foundation, which makes it. ${fill}`;
      return [{ what: `There is no secret ${id}.`, expected, remedy }];
    }
    case 'empty':
      return [{ what: `The secret ${id} has no value: no task starts.`, expected, remedy: fill }];
    case 'unreadable': {
      const remedy = 'Write its earlier value again: Secrets Manager keeps it as AWSPREVIOUS.';
      return [{ what: `The value of the secret ${id} is no JSON object: no task starts.`, expected, remedy }];
    }
    case 'filled': {
      const lacking = fields.filter(
        (field) =>
          !(MAY_BE_EMPTY.includes(`${name}.${field}`) ? facts.fields : facts.withText).includes(field),
      );
      if (lacking.length === 0) return [];
      return [{ what: `The secret ${id} has no ${lacking.join(', no ')}.`, expected, remedy: fill }];
    }
  }
}
