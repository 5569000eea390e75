import { CommandError } from '../command-error';
import { httpBase } from '../http-base';
import { readArguments } from '../read-arguments';

interface MigrateOptions {
  /** Without deleted experiments and runs. */
  readonly skipsDeleted: boolean;
  readonly isJson: boolean;
}

export type MigrateCommand =
  | { readonly name: 'migrate help' }
  | ({ readonly name: 'migrate export'; readonly url: string; readonly folder: string } & MigrateOptions)
  | ({ readonly name: 'migrate import'; readonly url: string; readonly folder: string } & MigrateOptions)
  | ({
      readonly name: 'migrate validate';
      readonly fromUrl: string;
      readonly toUrl: string;
      readonly checksums: boolean;
      /** Goes on from what an earlier call has proven equal. */
      readonly resumes: boolean;
    } & MigrateOptions);

export const MIGRATE_HELP = `Usage: tidegate migrate <command> --from <…> --to <…> [options]

  migrate export --from <url> --to <folder>    write everything of an MLflow server into a folder
  migrate import --from <folder> --to <url>    make what is missing on another server
  migrate validate --from <url> --to <url>     compare the two, thing by thing

  --skip-deleted       leave out deleted experiments and runs
  --sizes-only         for validate: compare sizes of files, not their content
  --resume             for validate: do not read again what an earlier call has found equal
  --json               the outcome as JSON

A url is that of MLflow (http://127.0.0.1:5000), or of Tidegate's gateway (https://api.example/api/mlflow).
Who signs in: TIDEGATE_FROM_USERNAME and TIDEGATE_FROM_PASSWORD, or TIDEGATE_FROM_API_KEY for the gateway;
TIDEGATE_TO_… for the other side. Expected is an account that sees everything. Artifacts in S3 that a server does not hand
out itself are read and written with the AWS credentials of this machine; TIDEGATE_FROM_S3_ENDPOINT_URL and
TIDEGATE_TO_S3_ENDPOINT_URL name a store like S3.

An interrupted export or import goes on where it stopped when it is called again, validate with --resume.
Exit code 0: done and equal; 2: done, and something differs; 1: not done.`;

/**
 * @param args what follows `tidegate migrate`
 * @throws CommandError that names what is wrong
 */
export function parseMigrateCommand([verb, ...args]: readonly string[]): MigrateCommand {
  if (verb === undefined || verb === '--help' || verb === '-h') return { name: 'migrate help' };
  if (verb !== 'export' && verb !== 'import' && verb !== 'validate')
    throw new CommandError(`"migrate ${verb}" is no command: expected migrate export, import or validate.`);
  const { values, positionals } = read(args);
  if (values.help === true) return { name: 'migrate help' };
  const [unexpected] = positionals;
  if (unexpected !== undefined)
    throw new CommandError(`"${unexpected}" is one word too many. "tidegate migrate --help" shows the form.`);
  const from = requirePlace(values.from, '--from', verb === 'import' ? 'folder' : 'url');
  const to = requirePlace(values.to, '--to', verb === 'export' ? 'folder' : 'url');
  const sizesOnly = values['sizes-only'] === true;
  if (sizesOnly && verb !== 'validate')
    throw new CommandError(`--sizes-only is for migrate validate, not for migrate ${verb}: leave it out.`);
  const resumes = values.resume === true;
  if (resumes && verb !== 'validate')
    throw new CommandError(
      `--resume is for migrate validate: leave it out, migrate ${verb} goes on by itself where it stopped.`,
    );
  const options = { skipsDeleted: values['skip-deleted'] === true, isJson: values.json === true };
  if (verb === 'validate')
    return { name: 'migrate validate', fromUrl: from, toUrl: to, checksums: !sizesOnly, resumes, ...options };
  const [url, folder] = verb === 'export' ? [from, to] : [to, from];
  return { name: `migrate ${verb}`, url, folder, ...options };
}

function read(args: readonly string[]) {
  return readArguments(args, 'tidegate migrate --help', {
    from: { type: 'string' },
    to: { type: 'string' },
    'skip-deleted': { type: 'boolean' },
    'sizes-only': { type: 'boolean' },
    resume: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
}

function requirePlace(text: string | undefined, option: string, kind: 'url' | 'folder'): string {
  const isUrl = text !== undefined && /^https?:/i.test(text);
  if (text === undefined || text === '')
    throw new CommandError(
      `${option} is missing: expected ${kind === 'url' ? `${option} http(s)://…` : `${option} <folder>`}.`,
    );
  if (kind === 'folder' && isUrl)
    throw new CommandError(`${option} is a URL: expected a folder. Is --from or --to the other way round?`);
  return kind === 'url' ? baseUrl(text, option) : text;
}

/** Never repeats the text: it may hold a password. */
function baseUrl(text: string, option: string): string {
  const base = httpBase(text);
  if (base === undefined)
    throw new CommandError(
      `${option} is not right: expected http(s)://host[:port][/path] without credentials or query; those come from TIDEGATE_${option.slice(2).toUpperCase()}_….`,
    );
  return base;
}
