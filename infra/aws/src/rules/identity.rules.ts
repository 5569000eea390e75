import { statementsOf } from './policy';
import { each, unless, type Rule } from './rule';

/** Actions that AWS offers for no resource in particular. */
const WITHOUT_RESOURCE = [/^ecr:GetAuthorizationToken$/, /^cloudwatch:PutMetricData$/, /^ec2:Describe/];
const SECRET_OUTPUT = /password|secret|token|pepper|private_key/i;

/** Who may do what, and what is written down about it. */
export const identityRules: readonly Rule[] = [
  {
    id: 'IAM-ACTIONS',
    title: 'No policy allows all actions',
    why: 'It allows what AWS adds next year, too.',
    controls: ['FSBP IAM.1', 'FSBP IAM.21', 'CKV_AWS_62', 'CKV_AWS_63'],
    remedy: 'Name the actions.',
    check: (system) =>
      statementsOf(system)
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ address, actions }) =>
          actions
            .filter((action) => /^([a-z0-9-]+:)?\*$/.test(action))
            .map((action) => ({ address, detail: action })),
        ),
  },
  {
    id: 'IAM-RESOURCES',
    title: 'Every role names the resources it may touch',
    why: 'It could read the secrets and buckets of another installation.',
    controls: ['CKV_AWS_288', 'CKV_AWS_289', 'CKV_AWS_290', 'CKV_AWS_355'],
    remedy: 'Name the resources; only actions without a resource go with *.',
    check: (system) =>
      statementsOf(system)
        .filter(
          ({ effect, isResourcePolicy, resources }) =>
            effect === 'Allow' && !isResourcePolicy && resources.includes('*'),
        )
        .flatMap(({ address, actions }) =>
          actions
            .filter((action) => !WITHOUT_RESOURCE.some((pattern) => pattern.test(action)))
            .map((action) => ({ address, detail: `${action} on *` })),
        ),
  },
  {
    id: 'IAM-PRINCIPAL',
    title: 'No policy lets everybody in',
    why: 'Everybody means every AWS account of the world.',
    controls: ['CKV_AWS_70', 'CKV_AWS_60', 'CKV_AWS_61', 'CKV_AWS_33'],
    remedy: 'Name the service or the account.',
    check: (system) => {
      // The policy of an endpoint narrows what roles may do; it lets nobody in.
      const endpoints = system.of('aws_vpc_endpoint').map(({ address }) => address);
      return statementsOf(system)
        .filter(({ effect, principal }) => effect === 'Allow' && /^"\*"$|"AWS":(\[)?"\*"/.test(principal))
        .filter(({ address }) => !endpoints.includes(address))
        .map(({ address }) => ({ address, detail: 'everybody' }));
    },
  },
  {
    id: 'IAM-TRUST',
    title: 'A service takes on our roles for this account only',
    why: 'Somebody else could make it act for him with our rights.',
    controls: [],
    remedy: 'Add the condition aws:SourceAccount.',
    check: (system) => {
      const roles = system.of('aws_iam_role').map(({ address }) => address);
      return statementsOf(system)
        .filter(
          ({ address, conditions }) =>
            roles.includes(address) && !/aws:Source(Account|Arn)/i.test(conditions),
        )
        .map(({ address }) => ({ address, detail: 'no condition on the account' }));
    },
  },
  {
    id: 'IAM-USERS',
    title: 'There are no users and no stored keys',
    why: 'A key that was copied once works for ever.',
    controls: ['FSBP IAM.2', 'CKV_AWS_273', 'A16'],
    remedy: 'Use a role, taken on by OIDC or by a service.',
    check: (system) =>
      system
        .of('aws_iam_user', 'aws_iam_access_key', 'aws_iam_user_login_profile')
        .map(({ address, type }) => ({ address, detail: type })),
  },
  {
    id: 'OUTPUT-SECRETS',
    title: 'No output shows a secret',
    why: 'Outputs are printed, and kept in the state and in CI logs.',
    controls: ['A6'],
    remedy: 'Remove the output.',
    check: (system) =>
      system.outputs
        .filter(
          ({ address, values }) =>
            isOurs(address) && SECRET_OUTPUT.test(`${address} ${String(values['value'])}`),
        )
        .map(({ address }) => ({ address, detail: 'looks like a secret' })),
  },
  {
    id: 'LOG-KEY',
    title: 'Every log group is encrypted with a key of ours, and forgets after a while',
    why: 'Logs hold addresses and names; kept for ever they cost for ever.',
    controls: ['FSBP CloudWatch.16', 'CKV_AWS_66', 'CKV_AWS_158'],
    remedy: 'Set kms_key_id and retention_in_days.',
    check: each('aws_cloudwatch_log_group', ({ values }) =>
      unless(
        values['kms_key_id'] !== undefined && Number(values['retention_in_days'] ?? 0) > 0,
        'no key, or kept for ever',
      ),
    ),
  },
  {
    id: 'SNS-KEY',
    title: 'Every topic is encrypted',
    why: 'Alarms name what is broken.',
    controls: ['FSBP SNS.1', 'CKV_AWS_26'],
    remedy: 'Set kms_master_key_id.',
    check: each('aws_sns_topic', ({ values }) => unless(values['kms_master_key_id'] !== undefined, 'no key')),
  },
];

/** Outputs that cdktf makes for another stack carry ids and ARNs; a secret's ARN among them is no secret. */
function isOurs(address: string): boolean {
  return !address.includes('.cross-stack-output-');
}
