import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const PEM = readFileSync(path.join(__dirname, '..', 'rds-ca.pem'), 'utf8');
const MINIMUM_YEARS = 10;

const authorities = (PEM.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
  (block) => new X509Certificate(block),
);
const names = authorities.map(({ subject }) => /^CN=(.*)$/m.exec(subject)?.[1]);

it('holds Amazon RDS’s authorities of every kind for the regions in use', () => {
  expect(names.every((name) => name?.startsWith('Amazon RDS '))).toBe(true);
  for (const region of ['eu-west-1', 'eu-west-2', 'eu-central-1', 'us-east-1', 'ap-southeast-2'])
    for (const kind of ['RSA2048', 'RSA4096', 'ECC384'])
      expect(names).toContain(`Amazon RDS ${region} Root CA ${kind} G1`);
});

it('holds nothing but self-signed authorities that stay valid for years', () => {
  const until = Date.now() + MINIMUM_YEARS * 365 * 24 * 3_600_000;
  const unfit = authorities.filter(
    (authority) =>
      !authority.ca || !authority.verify(authority.publicKey) || Date.parse(authority.validTo) < until,
  );
  expect(unfit).toEqual([]);
  expect(authorities).toHaveLength(PEM.split('BEGIN CERTIFICATE').length - 1);
});
