import type { Environment } from '../environments';
import { SECRET_FIELDS } from '../services/service-definition';
import { costLine, type CostLine } from './cost-line';
import { PRICES } from './prices';
import type { Usage } from './usage';

const group = 'Storage';
/** A guess: what a day changes in the database, as a share of it. Artifacts are written once. */
const CHANGED_A_DAY = 0.02;

/** Artifacts and images. An existing bucket costs the same, on whoever's bill it is. */
export function storageCosts(usage: Usage): CostLine[] {
  const pays = ['aws_s3_bucket'];
  return [
    costLine({ group, what: 'artifacts', quantity: usage.artifactGb, price: PRICES.bucketStorage, pays }),
    costLine({
      group,
      what: 'artifacts written',
      quantity: usage.artifactRequestsThousand / 5,
      price: PRICES.bucketWrites,
      pays,
    }),
    costLine({
      group,
      what: 'artifacts read',
      quantity: (usage.artifactRequestsThousand * 4) / 5 / 10,
      price: PRICES.bucketReads,
      pays,
    }),
    costLine({
      group,
      what: 'images',
      quantity: usage.imageGb,
      price: PRICES.imageStorage,
      pays: ['aws_ecr_repository'],
    }),
  ];
}

/** The daily copies of AWS Backup: one in full, then what changed. RDS's own, as large as its storage, are free. */
export function backupCosts({ database }: Environment, usage: Usage): CostLine[] {
  if (!database.isProtected) return [];
  const pays = ['aws_backup_plan'];
  return [
    costLine({
      group,
      what: `copies of the database, ${database.backupDays} days`,
      quantity: usage.databaseGb * (1 + CHANGED_A_DAY * database.backupDays),
      price: PRICES.databaseBackup,
      pays,
    }),
    costLine({
      group,
      what: 'copies of the artifacts',
      quantity: usage.artifactGb,
      price: PRICES.bucketBackup,
      pays,
    }),
  ];
}

/** The services' secrets, the one RDS keeps for its master user, and the keys they are encrypted with. */
export function secretCosts(environment: Environment): CostLine[] {
  const usesOidc = environment.edge.mlflowUi?.kind === 'oidc';
  return [
    costLine({
      group: 'Secrets and keys',
      what: 'secrets',
      quantity: Object.keys(SECRET_FIELDS).length + 1 + (usesOidc ? 1 : 0),
      price: PRICES.secret,
      pays: ['aws_secretsmanager_secret'],
    }),
    costLine({
      group: 'Secrets and keys',
      what: 'encryption keys',
      quantity: environment.storage.existingBucket === undefined ? 2 : 1,
      price: PRICES.encryptionKey,
      pays: ['aws_kms_key'],
    }),
  ];
}
