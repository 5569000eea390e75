import type { ModelFollower } from '../../models/model-follower';
import type { ServedVersion } from '../../models/served-version';
import type { TensorSpec } from '../../tensors/tensor';
import { datatypeOf } from './datatype';

/** What models of the flavour `onnx` are called in this protocol. */
const PLATFORM = 'onnxruntime_onnx';

/** Model metadata: what a client needs to make a request. */
export function describeModel({ target, metadata }: Pick<ServedVersion, 'target' | 'metadata'>): object {
  return {
    name: target.name,
    versions: [target.version],
    platform: PLATFORM,
    inputs: metadata.inputs.map(describeTensor),
    outputs: metadata.outputs.map(describeTensor),
  };
}

function describeTensor({ name, type, shape }: TensorSpec): object {
  return { name, datatype: datatypeOf(type), shape: shape.map((length) => length ?? -1) };
}

/** One version in the index of the repository. */
export interface IndexEntry {
  readonly name: string;
  readonly version?: string;
  readonly state: 'READY' | 'LOADING' | 'UNAVAILABLE';
  readonly reason: string;
}

type Followed = Pick<ModelFollower, 'selector' | 'state'> & {
  readonly current: Pick<ServedVersion, 'target'> | undefined;
  readonly problem: ModelFollower['problem'];
};

/** The version that serves, and the one that could not be loaded, if there is one. */
export function indexEntries({ selector, state, current, problem }: Followed): readonly IndexEntry[] {
  const { name } = selector;
  const entries: IndexEntry[] = [];
  if (current !== undefined)
    entries.push({ name, version: current.target.version, state: 'READY', reason: '' });
  const version = problem?.load?.target.version;
  // While a version serves, a registry that is away is no matter of the model.
  if (problem !== undefined && (current === undefined || version !== undefined)) {
    const { code, message, remedy } = problem.problem;
    const reason = `${code}: ${message} ${remedy}`;
    entries.push({ name, ...(version !== undefined && { version }), state: 'UNAVAILABLE', reason });
  } else if (current === undefined && state === 'loading') {
    entries.push({ name, state: 'LOADING', reason: 'It is being loaded for the first time.' });
  }
  return entries;
}
