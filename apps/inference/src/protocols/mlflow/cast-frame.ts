import { invalid } from '../../tensors/body-problem';
import type { Dtype } from './dtype';
import type { Frame, FrameColumn } from './frame';
import type { InputSchema } from './input-schema';
import { castSeries, type Series } from './series';

/**
 * Gives the columns of a frame the types of the signature, whatever came (mlflow/utils/proto_json_utils.py,
 * `cast_df_types_according_to_schema`): texts are read as numbers, fractions of integers are cut off.
 *
 * @throws ProblemError `BODY_INVALID` where a value cannot be of that type
 */
export function castFrame(frame: Frame, schema: InputSchema | undefined): Frame {
  if (schema === undefined) return frame;
  const columns = frame.columns.map((column, index) => {
    const input = inputFor(column, index, schema);
    if (input === undefined) return column;
    const place = `column ${column.name}`;
    if (input.dtype === undefined) throw unfeedable(place, input.type);
    return { name: column.name, series: castColumn(column.series, input.dtype, schema.kind, place) };
  });
  return { columns, rows: frame.rows };
}

/** Columns of this type pass MLflow, but no input of an ONNX graph takes them. */
export function unfeedable(place: string, type: string): Error {
  return invalid(`${place}: the signature says ${type}, which no input of an ONNX model can be`);
}

function inputFor(
  { name }: FrameColumn,
  index: number,
  schema: InputSchema,
): InputSchema['inputs'][number] | undefined {
  const { inputs, isNamed, kind } = schema;
  if (isNamed) return inputs.find((input) => input.name === name);
  return kind === 'tensors' ? inputs[0] : inputs[index];
}

function castColumn(series: Series, dtype: Dtype, kind: InputSchema['kind'], place: string): Series {
  if (kind === 'tensors') {
    if (series.values.length === 0) throw invalid(`${place}: expected at least one row, got none`);
    // Lists in cells are tensors: their type is settled with their shape.
    if (Array.isArray(series.values[0])) return series;
  }
  if (series.dtype === 'str' && (dtype === 'object' || dtype === 'str')) return series;
  return castSeries(series, dtype, place);
}
