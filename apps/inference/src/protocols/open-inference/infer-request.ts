/** A request of the Open Inference Protocol whose form is right; the model has its say later. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: readonly InferInput[];
  /** Empty: all of the model. */
  readonly outputs: readonly WantedOutput[];
  /** Whether outputs that say nothing themselves are answered as binary data. */
  readonly isBinaryWanted: boolean;
}

export interface InferInput {
  /** In the request, for messages: `inputs[0]`. */
  readonly place: string;
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly content: JsonContent | BinaryContent;
}

export interface JsonContent {
  readonly items: readonly unknown[];
  /** The same with integers beyond 2^53 as `ExactInteger`; costs another look at the whole text. */
  readonly exactItems: () => readonly unknown[];
}

export interface BinaryContent {
  readonly bytes: Buffer;
}

export interface WantedOutput {
  readonly place: string;
  readonly name: string;
  readonly isBinary: boolean;
}
