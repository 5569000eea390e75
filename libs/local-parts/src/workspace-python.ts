import path from 'node:path';
import { ensurePythonEnv, type PythonEnv } from './python-env';

/**
 * The Python environment of this workspace, with the MLflow version of the deployed image and what trains the
 * sample model; see {@link ensurePythonEnv}.
 */
export function ensureWorkspacePython(
  workspaceRoot: string,
  onProgress: (line: string) => void,
): Promise<PythonEnv> {
  return ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', 'venv'),
    requirementFiles: [
      path.join(workspaceRoot, 'infra', 'images', 'mlflow', 'requirements.txt'),
      path.join(workspaceRoot, 'tools', 'local-stack', 'sample-model', 'requirements.txt'),
    ],
    onProgress,
  });
}
