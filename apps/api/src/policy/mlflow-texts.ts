import { hasDotSegment, hasForbiddenCharacter, isSafeArtifactPath, isStable } from './artifact-path';
import { isSafeArtifactUri } from './artifact-uri';
import type { TextRule } from './field-rules';

/** Of runs, experiments, traces, logged models: MLflow's own rule, in ASCII. Empty means "not given". */
export const id: TextRule = {
  expected: 'an id: letters, digits, "-" and "_", at most 256',
  accepts: (text) => text === '' || /^[A-Za-z0-9][\w-]{0,255}$/.test(text),
};

/** Inside an artifact root. Empty means the root. */
export const relativePath: TextRule = {
  expected: 'a relative path without "..", backslash, "#", control characters or a drive letter',
  accepts: (text) => text === '' || isSafeArtifactPath(text),
};

/** Path of the file on the caller's machine; the server uses its last segment. */
export const callersFile: TextRule = {
  expected: 'a path without "..", backslash or control characters',
  accepts: (text) => isStable(text, (decoded) => !hasForbiddenCharacter(decoded) && !hasDotSegment(decoded)),
};

/** Where an experiment keeps its artifacts. The server reads and writes there on behalf of every caller. */
export const artifactLocation: TextRule = {
  expected: 'empty or an mlflow-artifacts:/ URI without host, "..", ";", "?" or "#"',
  accepts: (text) => text === '' || isSafeArtifactUri(text, ['mlflow-artifacts']),
};

const SOURCE_SCHEMES = ['runs', 'models', 'mlflow-artifacts'];
/** The registry wants a source of a prompt, too; MLflow's clients send one of these. */
const PROMPT_SOURCES = ['dummy-source', 'prompt-template'];

/** Where the files of a model version are. */
export const modelSource: TextRule = {
  expected: 'a runs:/, models:/ or mlflow-artifacts:/ URI without host, "..", ";", "?" or "#"',
  accepts: (text) => PROMPT_SOURCES.includes(text) || isSafeArtifactUri(text, SOURCE_SCHEMES),
};

/** What a logged model says about its place: a path in its run, or a URI. */
export const modelPath: TextRule = {
  expected: `${relativePath.expected}, or ${modelSource.expected}`,
  accepts: (text) => relativePath.accepts(text) || isSafeArtifactUri(text, SOURCE_SCHEMES),
};

/** Name of a registered model or prompt: part of `models:/<name>/<version>`. */
export const modelName: TextRule = {
  expected: 'a name without "/", ":", backslash or control characters, and not "." or ".."',
  accepts: (text) =>
    isStable(
      text,
      (decoded) => !/[/:]/.test(decoded) && !hasForbiddenCharacter(decoded) && !hasDotSegment(decoded),
    ),
};

export const modelVersion: TextRule = {
  expected: 'a version number',
  accepts: (text) => /^[0-9]{1,18}$/.test(text),
};

export const alias: TextRule = {
  expected: 'an alias: letters, digits, "-" and "_", at most 255',
  accepts: (text) => /^[\p{L}\p{N}_-]{1,255}$/u.test(text),
};

/** These say where the server looks for the data of a trace. It sets them itself. */
const TRACE_LOCATION_TAGS = [
  'mlflow.artifactLocation',
  'mlflow.trace.archiveLocation',
  'mlflow.trace.spansLocation',
];

export const traceTag: TextRule = {
  expected: 'a tag callers may set; where a trace is stored is up to the server',
  accepts: (text) => !TRACE_LOCATION_TAGS.includes(text),
};
