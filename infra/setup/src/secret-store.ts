import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { explainedByAws } from './aws-failure';
import { SetUpError } from './set-up-error';

export type SecretContent = Readonly<Record<string, unknown>>;

export interface Login {
  readonly username: string;
  readonly password: string;
}

const contentSchema = z.record(z.string(), z.unknown());
const loginSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** The secrets of one installation, named `<prefix>/<name>`; each holds a JSON object. */
export class SecretStore {
  constructor(
    private readonly client: SecretsManagerClient,
    readonly prefix: string,
  ) {}

  nameOf(name: string): string {
    return `${this.prefix}/${name}`;
  }

  /**
   * What these secrets hold; one that was never filled holds `{}`.
   *
   * @throws SetUpError `SECRETS_MISSING` listing all that are not there or scheduled for deletion, `SECRETS_INVALID`
   */
  async readAll<Name extends string>(names: readonly Name[]): Promise<Record<Name, SecretContent>> {
    const states = await Promise.all(names.map((name) => this.stateOf(this.nameOf(name))));
    const gone = names.filter((_, index) => states[index] !== 'present').map((name) => this.nameOf(name));
    if (gone.length > 0) {
      const deleted = names
        .filter((_, index) => states[index] === 'deleted')
        .map((name) => this.nameOf(name));
      throw secretsMissing(gone, deleted);
    }
    const contents = await Promise.all(names.map((name) => this.read(this.nameOf(name))));
    return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? {}])) as Record<
      Name,
      SecretContent
    >;
  }

  /** Makes `content` the current version; Secrets Manager keeps the version before as `AWSPREVIOUS`. */
  async write(name: string, content: SecretContent): Promise<void> {
    const id = this.nameOf(name);
    await explainedByAws(id, () =>
      this.client.send(new PutSecretValueCommand({ SecretId: id, SecretString: JSON.stringify(content) })),
    );
  }

  /** @throws SetUpError `SECRETS_MISSING`, `SECRETS_INVALID` */
  async readLogin(arn: string): Promise<Login> {
    const state = await this.stateOf(arn);
    if (state !== 'present') throw secretsMissing([arn], state === 'deleted' ? [arn] : []);
    const login = loginSchema.safeParse(await this.read(arn));
    if (login.success) return login.data;
    throw new SetUpError(
      'SECRETS_INVALID',
      `The secret ${arn} of MASTER_SECRET_ARN is not the login of a database administrator, expected {"username","password"}. ` +
        'Name the secret that RDS made for the instance (its MasterUserSecret).',
    );
  }

  private stateOf(id: string): Promise<'present' | 'absent' | 'deleted'> {
    return explainedByAws(id, async () => {
      try {
        const { DeletedDate } = await this.client.send(new DescribeSecretCommand({ SecretId: id }));
        return DeletedDate === undefined ? 'present' : 'deleted';
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return 'absent';
        throw error;
      }
    });
  }

  private async read(id: string): Promise<SecretContent> {
    const text = await this.currentText(id);
    if (text === undefined) return {};
    const content = contentSchema.safeParse(parseJson(text));
    if (content.success) return content.data;
    throw new SetUpError(
      'SECRETS_INVALID',
      `The secret ${id} holds something else than a JSON object, expected {"<field>":"<value>",…}. ` +
        'Put its values into an object, or put {} to have it filled.',
    );
  }

  /** Undefined while the secret has no version yet: so Terraform leaves it. */
  private currentText(id: string): Promise<string | undefined> {
    return explainedByAws(id, async () => {
      try {
        const { SecretString = '' } = await this.client.send(new GetSecretValueCommand({ SecretId: id }));
        return SecretString;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    });
  }
}

function secretsMissing(gone: readonly string[], deleted: readonly string[]): SetUpError {
  const restore = deleted.map((id) => `aws secretsmanager restore-secret --secret-id ${id}`).join('; ');
  return new SetUpError(
    'SECRETS_MISSING',
    `These secrets do not exist: ${gone.join(', ')}. Expected them all, empty or filled: the foundation stack makes them. ` +
      'Check TIDEGATE_PROJECT, TIDEGATE_ENVIRONMENT and AWS_REGION, or deploy the foundation stack.' +
      (restore === '' ? '' : ` Scheduled for deletion, so first: ${restore}`),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
