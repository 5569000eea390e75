import type { ModelEngine } from './model-engine';
import { OnnxEngine } from './onnx-engine';

/** Every flavour that is served. */
export const ENGINES: readonly ModelEngine[] = [new OnnxEngine()];
