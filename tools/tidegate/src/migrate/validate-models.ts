import { differencesOf, tagFacts, type Difference, type Facts } from './facts';
import { SOURCE_VERSION } from './migration-tags';
import { isPrompt, tagOf, type ModelVersionRecord, type RegisteredModelRecord } from './mlflow-records';
import type { MlflowReader } from './mlflow-reader';
import type { IdNames } from './rewrite-references';
import type { TargetIndex } from './target-index';

const ID = /\b(?:m-)?[0-9a-f]{32}\b/;

/** Compares registered models, their versions and aliases. */
export async function validateModels(
  from: MlflowReader,
  to: MlflowReader,
  index: TargetIndex,
): Promise<{ readonly models: number; readonly versions: number; readonly differences: Difference[] }> {
  const differences: Difference[] = [];
  let models = 0;
  let versionCount = 0;
  for await (const model of from.registeredModels()) {
    models += 1;
    const what = `registered model "${model.name}"`;
    const versions = await from.versions(model);
    versionCount += versions.length;
    const target = await to.registeredModel(model.name);
    if (target === undefined) {
      differences.push({ what, field: 'itself', from: 'there', to: undefined });
      continue;
    }
    const others = await to.versions(model);
    const oldNumber = (number: string): string => {
      const version = others.find((other) => other.version === number);
      return version ? sourceNumber(version) : number;
    };
    // What somebody else added to a model that was there before is not the import's.
    const ownAliases = target.aliases.filter(({ alias }) => model.aliases.some((one) => one.alias === alias));
    differences.push(
      ...differencesOf(
        what,
        modelFacts(model, model, (number) => number, index.source),
        modelFacts({ ...target, aliases: ownAliases }, model, oldNumber, index),
      ),
    );
    for (const version of versions) {
      const other = others.find((candidate) => sourceNumber(candidate) === version.version);
      const name = `version ${version.version} of "${model.name}"`;
      if (other === undefined)
        differences.push({ what: name, field: 'itself', from: 'there', to: undefined });
      else
        differences.push(
          ...differencesOf(
            name,
            versionFacts(version, version.version, index.source),
            versionFacts(other, version.version, index),
          ),
        );
    }
  }
  return { models, versions: versionCount, differences };
}

function sourceNumber({ version, tags }: ModelVersionRecord): string {
  return tagOf(tags, SOURCE_VERSION) ?? version;
}

function modelFacts(
  { description, tags, aliases }: RegisteredModelRecord,
  source: RegisteredModelRecord,
  oldNumber: (number: string) => string,
  names: IdNames,
): Facts {
  const relevant = tags.filter(({ key }) => tagOf(source.tags, key) !== undefined);
  return new Map([
    ['description', description],
    ...tagFacts(relevant, names),
    ...aliases.map(({ alias, version }) => [`alias ${alias}`, `version ${oldNumber(version)}`] as const),
  ]);
}

function versionFacts(
  { version, tags, ...record }: ModelVersionRecord,
  oldNumber: string,
  names: IdNames,
): Facts {
  return new Map([
    // Whoever asks for a version by its number must get the same one.
    ['number', version === oldNumber ? version : `${version} instead of ${oldNumber}`],
    ['description', record.description],
    ['stage', record.current_stage],
    ['run link', record.run_link],
    ['run', names.run(record.run_id)?.to ?? record.run_id],
    ['source', isPrompt(tags) ? record.source : sourceFact(record.source, names)],
    ...tagFacts(tags, names),
  ]);
}

/** From the id of its run or model on: what stands before it is the place of a server. */
function sourceFact(source: string, names: IdNames): string {
  const match = ID.exec(source);
  if (match === null) return source;
  const [id] = match;
  return ((names.run(id) ?? names.model(id))?.to ?? id) + source.slice(match.index + id.length);
}
