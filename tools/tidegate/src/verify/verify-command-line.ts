import { CommandError } from '../command-error';
import { installationOf, type Installation } from '../installation';
import { readArguments } from '../read-arguments';

export type VerifyCommand =
  | { readonly name: 'verify help' }
  | {
      readonly name: 'verify';
      /** Undefined: the local stack. */
      readonly installation?: Installation;
      /** Of the api. Undefined: TIDEGATE_URL. */
      readonly url?: string;
      /** Where the report goes. Undefined: below `.tidegate/reports`. */
      readonly reportFile?: string;
      /** Without one, what needs a key is skipped. */
      readonly hasKey: boolean;
      readonly isJson: boolean;
    };

export const VERIFY_HELP = `Usage: tidegate verify <environment> | --local [options]

Looks whether an installation works: health endpoints, MLflow through the gateway with and without a key,
registry, models, the prediction log, name resolution; on AWS tasks, targets and logs as well. Changes nothing.

  --local              the local stack (npm start)
  --url <url>          of the api; default TIDEGATE_URL
  --without-key        look at what needs no key, and skip the rest
  --report <file>      where the Markdown report goes; default .tidegate/reports/<time>.md
  --project <name>     first part of every name; default tidegate
  --region <region>    default: AWS_REGION, else eu-west-2
  --json               the results as JSON

The key comes from TIDEGATE_API_KEY; it needs models:read, runs:read, predict, log:read and ops:read, else what
it may not ask is skipped.

The log of a service fails when there is no log group, when none of its running tasks ever wrote to it, and when
it has a line of level fatal: a process gave up. Lines of level error are counted, for a person to judge. Both are
of the time since the oldest running task started, a day at most.

Exit code 0: nothing failed; 2: something failed; 1: it could not be looked at.`;

/**
 * @param args what follows `tidegate verify`
 * @throws CommandError that names what is wrong
 */
export function parseVerifyCommand(args: readonly string[], defaultRegion: string): VerifyCommand {
  const { values, positionals } = read(args);
  if (values.help === true) return { name: 'verify help' };
  const [environment, unexpected] = positionals;
  const { local, url, report, json, project, region, 'without-key': withoutKey } = values;
  if (unexpected !== undefined)
    throw new CommandError(
      `"${unexpected}" is one word too many: expected "tidegate verify <environment>" or "tidegate verify --local".`,
    );
  if ((environment === undefined) === (local !== true))
    throw new CommandError(
      'Verify what? Expected "tidegate verify --local", or an environment as in "tidegate verify dev".',
    );
  if (local === true && (url ?? project ?? region ?? withoutKey) !== undefined)
    throw new CommandError(
      '--local knows its address and key itself: expected no --url, --project, --region or --without-key.',
    );
  return {
    ...{ name: 'verify', hasKey: withoutKey !== true, isJson: json === true },
    ...(environment !== undefined && {
      installation: installationOf(environment, project ?? 'tidegate', region ?? defaultRegion),
    }),
    ...(url !== undefined && { url }),
    ...(report !== undefined && { reportFile: report }),
  };
}

function read(args: readonly string[]) {
  return readArguments(args, 'tidegate verify --help', {
    local: { type: 'boolean' },
    url: { type: 'string' },
    report: { type: 'string' },
    'without-key': { type: 'boolean' },
    project: { type: 'string' },
    region: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
}
