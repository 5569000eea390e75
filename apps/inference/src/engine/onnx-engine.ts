import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ModelProblem } from '../models/model-problem';
import type { EngineMetadata, LoadedEngine, ModelEngine, ModelFolder } from './model-engine';
import type { Tensor, Tensors, TensorSpec, TensorType } from '../tensors/tensor';

/** One thread per session without busy waiting: with more, sessions fight for the cores of a small machine. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  // What fails is thrown as well; on standard error it would stand between the log lines.
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

const SERVED_TYPES: ReadonlySet<string> = new Set<TensorType>([
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
]);

/** ONNX models by onnxruntime, in the thread that calls. */
export class OnnxEngine implements ModelEngine {
  readonly flavour = 'onnx';

  async load(folder: ModelFolder): Promise<LoadedEngine> {
    const file = folder.mlmodel.flavors.onnx?.data ?? 'model.onnx';
    if (typeof file !== 'string') throw invalid('flavors.onnx.data in its MLmodel file names no file');
    const session = await InferenceSession.create(join(folder.path, file), SESSION_OPTIONS).catch(
      (cause: unknown) => {
        throw invalid(
          `onnxruntime cannot load ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
          cause,
        );
      },
    );
    try {
      return new OnnxModel(session, metadataOf(session));
    } catch (error) {
      await session.release();
      throw error;
    }
  }
}

class OnnxModel implements LoadedEngine {
  private readonly outputNames: string[];

  constructor(
    private readonly session: InferenceSession,
    readonly metadata: EngineMetadata,
  ) {
    this.outputNames = metadata.outputs.map((output) => output.name);
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, { type, data, dims }] of Object.entries(inputs)) {
      feeds[name] = new OrtTensor(type, data, dims);
    }
    // Asking by name leaves out outputs that are no tensors, which onnxruntime-node cannot hand over.
    const results = await this.session.run(feeds, this.outputNames);
    return results as unknown as Readonly<Record<string, Tensor>>;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

function metadataOf(session: InferenceSession): EngineMetadata {
  const inputs = session.inputMetadata.map((value) => {
    const spec = specOf(value);
    if (spec) return spec;
    const type = value.isTensor ? value.type : 'no tensor';
    throw invalid(`its input "${value.name}" is ${type}; expected one of ${[...SERVED_TYPES].join(', ')}`);
  });
  const outputs = session.outputMetadata.flatMap((value) => specOf(value) ?? []);
  if (inputs.length === 0 || outputs.length === 0) {
    throw invalid('it has no input or no tensor output that can be served');
  }
  return { inputs, outputs };
}

function specOf(value: InferenceSession.ValueMetadata): TensorSpec | undefined {
  if (!value.isTensor || !SERVED_TYPES.has(value.type)) return undefined;
  const shape = value.shape.map((length) => (typeof length === 'number' && length >= 0 ? length : undefined));
  return { name: value.name, type: value.type as TensorType, shape };
}

function invalid(what: string, cause?: unknown): ModelProblem {
  return new ModelProblem('MODEL_INVALID', `The model cannot be served: ${what}.`, cause);
}
