import { castFrame } from './cast-frame';
import { frameFromCsv } from './csv-frame';
import { enforceColumns } from './enforce-columns';
import { enforceTensors } from './enforce-tensors';
import { type Frame, frameFromRecords, frameFromSplit } from './frame';
import type { InputSchema } from './input-schema';
import type { InvocationFormat } from './invocation-body';
import type { ModelInput } from './model-input';
import { frameOfArray, frameOfArrays, type ScoringInput, scoringInput } from './scoring-input';

/** From the data of a JSON body to what MLflow hands to the model. @throws ProblemError `BODY_INVALID` */
export function jsonInput(
  format: InvocationFormat,
  data: unknown,
  schema: InputSchema | undefined,
): ModelInput {
  switch (format) {
    case 'dataframe_split':
      return enforceFrame(castFrame(frameFromSplit(data), schema), schema);
    case 'dataframe_records':
      return enforceFrame(castFrame(frameFromRecords(data, format), schema), schema);
    case 'instances':
    case 'inputs':
      return enforceInput(scoringInput(data, schema, format), schema);
  }
}

/** From a CSV body to what MLflow hands to the model. @throws ProblemError `BODY_INVALID` */
export function csvInput(text: string, schema: InputSchema | undefined): ModelInput {
  return enforceFrame(frameFromCsv(text, schema), schema);
}

function enforceFrame(frame: Frame, schema: InputSchema | undefined): ModelInput {
  return enforceInput({ kind: 'frame', frame }, schema);
}

function enforceInput(input: ScoringInput, schema: InputSchema | undefined): ModelInput {
  if (schema === undefined) return input;
  if (schema.kind === 'tensors') return enforceTensors(input, schema);
  return { kind: 'frame', frame: enforceColumns(asFrame(input), schema) };
}

/** A signature of columns makes a frame of arrays. */
function asFrame(input: ScoringInput): Frame {
  if (input.kind === 'frame') return input.frame;
  return input.kind === 'array' ? frameOfArray(input.array) : frameOfArrays(input.byName);
}
