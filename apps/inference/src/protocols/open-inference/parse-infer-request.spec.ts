import { HEADER_LENGTH_HEADER, splitBody } from './body-frame';
import type { InferRequest } from './infer-request';
import { parseInferRequest } from './parse-infer-request';

const input = { name: 'x', datatype: 'FP32', shape: [2], data: [1, 2] };
const binaryInput = { name: 'x', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 8 } };

function parse(body: unknown, binary?: Buffer): InferRequest {
  const json = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  if (binary === undefined) return parseInferRequest(splitBody({}, json));
  const headers = { [HEADER_LENGTH_HEADER]: String(json.length) };
  return parseInferRequest(splitBody(headers, Buffer.concat([json, binary])));
}

describe('the form of an inference request', () => {
  it('is taken with everything the protocol knows', () => {
    const request = parse({
      id: 'any id ✓',
      model_name: 'x',
      parameters: { priority: 1, custom: 'is passed over' },
      inputs: [{ ...input, parameters: { content_type: 'np' } }],
      outputs: [
        { name: 'y', parameters: { binary_data: true } },
        { name: 'z', parameters: { classification: 0 } },
      ],
    });
    expect(request).toMatchObject({
      id: 'any id ✓',
      inputs: [{ place: 'inputs[0]', name: 'x', datatype: 'FP32', shape: [2], content: { items: [1, 2] } }],
      outputs: [
        { place: 'outputs[0]', name: 'y', isBinary: true },
        { place: 'outputs[1]', name: 'z', isBinary: false },
      ],
      isBinaryWanted: false,
    });
  });

  it('gives every input its part of the body, JSON and binary mixed', () => {
    const { inputs } = parse(
      { inputs: [binaryInput, input, { ...binaryInput, name: 'z', parameters: { binary_data_size: 3 } }] },
      Buffer.from('abcdefghxyz'),
    );
    expect(
      inputs.map(({ content }) => ('bytes' in content ? content.bytes.toString() : content.items)),
    ).toEqual(['abcdefgh', [1, 2], 'xyz']);
  });

  it('may want all outputs as binary data, but one', () => {
    const { outputs, isBinaryWanted } = parse({
      inputs: [input],
      parameters: { binary_data_output: true },
      outputs: [{ name: 'y' }, { name: 'z', parameters: { binary_data: false } }],
    });
    expect([isBinaryWanted, ...outputs.map(({ isBinary }) => isBinary)]).toEqual([true, true, false]);
  });

  it.each<[unknown, string]>([
    ['{"inputs":[', 'body: expected JSON'],
    ['', 'body: expected JSON'],
    [[], 'body: expected an object, got an array of 0'],
    [null, 'body: expected an object, got null'],
    [
      { inputs: [input], ouputs: [] },
      'body: unknown field "ouputs"; expected id, parameters, inputs, outputs',
    ],
    [{ id: 7, inputs: [input] }, 'id: expected text, got 7'],
    [{}, 'inputs: expected an array of at least one input, got nothing'],
    [{ inputs: [] }, 'inputs: expected an array of at least one input, got an array of 0'],
    [{ inputs: [7] }, 'inputs[0]: expected an object, got 7'],
    [{ inputs: [input, { ...input, name: undefined }] }, 'inputs[1].name: expected text, got nothing'],
    [{ inputs: [{ ...input, datatype: 7 }] }, 'inputs[0].datatype: expected text, got 7'],
    [{ inputs: [{ ...input, dtype: 'x' }] }, 'inputs[0]: unknown field "dtype"'],
    [{ inputs: [{ ...input, shape: 2 }] }, 'inputs[0].shape: expected an array of lengths, got 2'],
    [{ inputs: [{ ...input, shape: [2, -1] }] }, 'inputs[0].shape[1]: expected a length, got -1'],
    [{ inputs: [{ ...input, shape: [2, 1.5] }] }, 'inputs[0].shape[1]: expected a length, got 1.5'],
    [{ inputs: [{ ...input, shape: ['2'] }] }, 'inputs[0].shape[0]: expected a length, got text "2"'],
    [{ inputs: [{ ...input, data: undefined }] }, 'inputs[0].data: expected an array, got nothing'],
    [{ inputs: [{ ...input, data: 'AAAA' }] }, 'inputs[0].data: expected an array, got text "AAAA"'],
    [
      { inputs: [{ ...input, parameters: [] }] },
      'inputs[0].parameters: expected an object, got an array of 0',
    ],
    [
      { inputs: [{ ...input, data: undefined, parameters: { shared_memory_region: 'r' } }] },
      'inputs[0].parameters.shared_memory_region: shared memory is not served; send binary tensors instead',
    ],
    [{ inputs: [input], outputs: {} }, 'outputs: expected an array, got an object'],
    [{ inputs: [input], outputs: [{}] }, 'outputs[0].name: expected text, got nothing'],
    [
      { inputs: [input], outputs: [{ name: 'y', parameters: { classification: 3 } }] },
      'outputs[0].parameters.classification: this extension is not served',
    ],
    [
      { inputs: [input], outputs: [{ name: 'y', parameters: { binary_data: 1 } }] },
      'outputs[0].parameters.binary_data: expected true or false, got 1',
    ],
    [
      { inputs: [input], parameters: { binary_data_output: 'yes' } },
      'parameters.binary_data_output: expected true or false, got text "yes"',
    ],
    [
      { inputs: [binaryInput] },
      'inputs[0].parameters.binary_data_size: expected the header inference-header-content-length with it, got none',
    ],
  ])('is not %j', (body, message) => {
    expect(() => parse(body)).toThrow(message);
  });

  it.each<[unknown, string]>([
    [{ ...binaryInput, data: [1, 2] }, 'inputs[0]: expected data or parameters.binary_data_size, got both'],
    [{ ...binaryInput, parameters: { binary_data_size: -1 } }, 'expected a number of bytes, got -1'],
    [{ ...binaryInput, parameters: { binary_data_size: 9 } }, 'expected at most 8, the bytes that are left'],
    [
      { ...binaryInput, parameters: { binary_data_size: 4 } },
      'after the last binary tensor, got 4 more bytes',
    ],
    [input, 'after the last binary tensor, got 8 more bytes'],
  ])('has no binary tensor like %j', (wrong, message) => {
    expect(() => parse({ inputs: [wrong] }, Buffer.alloc(8))).toThrow(message);
  });
});

describe('the parts of a body', () => {
  const body = Buffer.from('{}abc');

  it('are split where the header says', () => {
    expect(splitBody({ [HEADER_LENGTH_HEADER]: '2' }, body)).toEqual({
      json: '{}',
      binary: Buffer.from('abc'),
      isSplit: true,
    });
    expect(splitBody({}, Buffer.from('{}'))).toMatchObject({ json: '{}', isSplit: false });
  });

  it.each(['6', '-1', '1.5', '', '2, 2', '0x2', '99999999999999999999'])('are not split at %j', (length) => {
    expect(() => splitBody({ [HEADER_LENGTH_HEADER]: length }, body)).toThrow(
      'inference-header-content-length: expected',
    );
  });

  it('have JSON in UTF-8', () => {
    expect(() => splitBody({}, Buffer.from([0x22, 0xff, 0x22]))).toThrow('expected JSON in UTF-8');
  });
});
