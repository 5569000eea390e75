import type { ExportOutcome } from './export-server';
import type { ImportOutcome } from './import-server';
import { megabytes } from './migrate-progress';
import type { ValidationOutcome } from './validate-servers';

export function exportText(
  outcome: ExportOutcome,
  { folder, url }: { readonly folder: string; readonly url: string },
): string[] {
  const { experiments, runs, metricPoints, loggedModels, registeredModels, modelVersions } = outcome;
  return [
    outcome.wasComplete
      ? `${folder} holds a complete export already: nothing was fetched. For a new one, choose another folder.`
      : `Exported ${url} (MLflow ${outcome.mlflowVersion}) to ${folder}.`,
    `${experiments} experiments, ${runs} runs, ${metricPoints} metric points, ${loggedModels} logged models, ${registeredModels} registered models with ${modelVersions} versions, ${outcome.files} files (${megabytes(outcome.bytes)})`,
  ];
}

export function importText(outcome: ImportOutcome): string[] {
  const { experiments, runs, loggedModels, modelVersions, differences } = outcome;
  return [
    `Imported: ${experiments} experiments, ${runs} runs, ${loggedModels} logged models, ${modelVersions} model versions; ${outcome.files} files (${megabytes(outcome.bytes)}) uploaded by this call.`,
    `Old and new ids: ${outcome.mapping}`,
    ...(differences.length === 0
      ? ['Next: "tidegate migrate validate" compares the servers.']
      : [`${differences.length} things are not as they were:`, ...differences.map((text) => `  ${text}`)]),
  ];
}

export function comparisonText(outcome: ValidationOutcome): string[] {
  const { experiments, runs, metrics, loggedModels, registeredModels, modelVersions, files } = outcome;
  const { differences, provenEarlier } = outcome;
  return [
    `Compared: ${experiments} experiments, ${runs} runs, ${metrics} metric histories, ${loggedModels} logged models, ${registeredModels} registered models with ${modelVersions} versions, ${files} files.`,
    ...(provenEarlier === undefined
      ? []
      : [
          `Of them, ${provenEarlier.things} runs and logged models were read whole by earlier calls, from ${provenEarlier.since} on; since then only their fields, last metric values, and names and sizes of files were compared.`,
        ]),
    differences.length === 0 ? 'Everything is equal.' : `${differences.length} differences:`,
    ...differences.map(
      ({ what, field, from, to }) => `  ${what}: ${field}: ${from ?? 'missing'} → ${to ?? 'missing'}`,
    ),
  ];
}
