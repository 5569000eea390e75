import type { CertificateDetail } from '@aws-sdk/client-acm';
import { loadEnvironment } from '../environments';
import { certificateProblems } from './examine-certificate';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.parse('2026-11-26T08:00:00Z');
const production = loadEnvironment('production', {
  edge: { domain: { name: 'ml.acme.test', zoneName: 'acme.test', zoneId: 'Z0123' } },
});
const DomainValidationOptions = [
  {
    DomainName: 'ml.acme.test',
    ResourceRecord: { Name: '_x.ml.acme.test.', Type: 'CNAME' as const, Value: '_y.acm-validations.aws.' },
  },
];
const certificate = (changes: Partial<CertificateDetail>): CertificateDetail => ({
  DomainName: 'ml.acme.test',
  Status: 'ISSUED',
  InUseBy: ['arn:aws:elasticloadbalancing:…'],
  NotAfter: new Date(NOW_MS + 100 * DAY_MS),
  DomainValidationOptions,
  ...changes,
});
const problemsOf = (...changes: Partial<CertificateDetail>[]) =>
  certificateProblems(production, changes.map(certificate), NOW_MS);

it('finds nothing where it is valid, not made yet, or not wanted', () => {
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf()).toEqual([]);
  expect(certificateProblems(loadEnvironment('dev'), [certificate({ Status: 'FAILED' })], NOW_MS)).toEqual(
    [],
  );
});

it('says what ACM waits for', () => {
  const [problem, ...others] = problemsOf({ Status: 'PENDING_VALIDATION', InUseBy: [] });
  expect(others).toEqual([]);
  expect(problem?.what).toBe('The certificate of ml.acme.test in eu-west-2 is PENDING_VALIDATION.');
  expect(problem?.remedy).toContain('the record _x.ml.acme.test. CNAME _y.acm-validations.aws.: ');
  expect(problem?.remedy).toContain('"dig NS acme.test"');
});

it('says why ACM refused it', () => {
  const [refused] = problemsOf({ Status: 'FAILED', FailureReason: 'CAA_ERROR' });
  expect(refused?.what).toContain('is FAILED, because of CAA_ERROR.');
  expect(refused?.remedy).toContain('CAA records of acme.test');
  const [late] = problemsOf({ Status: 'VALIDATION_TIMED_OUT' });
  expect(late?.what).toContain('is VALIDATION_TIMED_OUT.');
  expect(late?.remedy).toContain('Delete it in ACM and deploy again');
});

it('takes what another one left behind for nothing, once one is valid', () => {
  expect(problemsOf({ Status: 'FAILED' }, {})).toEqual([]);
  expect(problemsOf({}, { InUseBy: [], NotAfter: new Date(NOW_MS + DAY_MS) })).toEqual([]);
});

it.each<[string, Partial<CertificateDetail>]>([
  ['ends soon', { NotAfter: new Date(NOW_MS + 29 * DAY_MS) }],
  [
    'cannot be proven any more',
    {
      RenewalSummary: {
        RenewalStatus: 'PENDING_VALIDATION',
        DomainValidationOptions,
        UpdatedAt: new Date(0),
      },
    },
  ],
  [
    'was refused',
    { RenewalSummary: { RenewalStatus: 'FAILED', DomainValidationOptions, UpdatedAt: new Date(0) } },
  ],
])('finds one that is not renewed: it %s', (_, changes) => {
  const [problem, ...others] = problemsOf(changes);
  expect(others).toEqual([]);
  expect(problem?.what).toContain('is not renewed: it ends in ');
  expect(problem?.remedy).toContain('_x.ml.acme.test. CNAME');
});

it('finds nothing in one that has a month left, or is being renewed', () => {
  expect(problemsOf({ NotAfter: new Date(NOW_MS + 30 * DAY_MS) })).toEqual([]);
  const RenewalStatus = 'PENDING_AUTO_RENEWAL' as const;
  expect(
    problemsOf({ RenewalSummary: { RenewalStatus, DomainValidationOptions, UpdatedAt: new Date(0) } }),
  ).toEqual([]);
});
