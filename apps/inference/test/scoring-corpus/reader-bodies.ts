import type { Body } from './bodies';

/** Bodies that tell MLflow's readers of JSON and CSV from others, by the kind of model of `corpus.py`. */
export const READER_BODIES: Readonly<Record<string, readonly Body[]>> = {
  classifier: [
    { what: 'NaN, which JSON has not', text: '{"inputs": [[5.1, NaN, Infinity, 0.2]]}' },
    { what: 'records without names', text: '{"dataframe_records": [[5.1, 3.5, 1.4, 0.2]]}' },
    { what: 'a byte order mark', text: '\ufeff{"inputs": [[5.1, 3.5, 1.4, 0.2]]}' },
    {
      what: 'a huge integer among floats',
      text: '{"dataframe_split": {"data": [[1, 2, 1000000000000000000000000000000, 4]]}}',
    },
    { what: 'a huge integer instead of rows', text: '{"dataframe_split": {"data": 18446744073709551616}}' },
    { what: 'csv for a signature of tensors', text: 'a,b,c,d\n5.1,3.5,1.4,0.2\n', type: 'text/csv' },
  ],
  'classifier-columns': [{ what: 'no rows and no columns', text: '{"dataframe_records": []}' }],
  zipmap: [
    {
      what: 'an index of another length',
      text: '{"dataframe_split": {"index": [1, 2], "columns": ["sl","sw","pl","pw"], "data": [[5.1,3.5,1.4,0.2],[5.1,3.5,1.4,0.2],[5.1,3.5,1.4,0.2]]}}',
    },
    {
      what: 'csv with spaces and a longer row',
      text: 'sl,sw,pl,pw\n 5.1, 3.5 ,1.4,0.2\n1,2,3,4,5\n',
      type: 'text/csv',
    },
    { what: 'csv with row labels', text: 'sl,sw,pl,pw\nx,5.1,3.5,1.4,0.2\ny,1,2,3,4\n', type: 'text/csv' },
    { what: 'csv with an open quote', text: 'sl,sw,pl,pw\n"5.1,3.5,1.4,0.2\n', type: 'text/csv' },
    { what: 'csv with missing values by name', text: 'sl,sw,pl,pw\nNA,null,nan,None\n', type: 'text/csv' },
    { what: 'empty csv', text: '', type: 'text/csv' },
    { what: 'true in csv', text: 'sl,sw,pl,pw\ntrue,3.5,1.4,0.2\n', type: 'text/csv' },
    { what: 'inputs as records', text: '{"inputs": [{"sl": 5.1, "sw": 3.5, "pl": 1.4, "pw": 0.2}]}' },
    {
      what: 'a list in a cell',
      text: '{"dataframe_records": [{"sl": [5.1], "sw": 3.5, "pl": 1.4, "pw": 0.2}]}',
    },
  ],
  regressor: [
    {
      what: 'lists in cells',
      text: '{"dataframe_records": [{"size": [50], "rooms": [1.9], "city": ["Kiel"]}]}',
    },
    { what: 'integers as city', text: '{"inputs": {"size": [[50]], "rooms": [[1]], "city": [[7]]}}' },
  ],
  mixed: [
    { what: 'csv with a whole float as integer', text: 'size,rooms,city\n1.5,2.0,Kiel\n', type: 'text/csv' },
    { what: 'csv with half a room', text: 'size,rooms,city\n1.5,2.5,Kiel\n', type: 'text/csv' },
    { what: 'csv with a missing city', text: 'size,rooms,city\n1.5,2,\n', type: 'text/csv' },
  ],
  integers: [
    {
      what: 'an integer beyond 64 bits in a frame',
      text: '{"dataframe_split": {"columns": ["a","b"], "data": [[9223372036854775808, 1]]}}',
    },
    { what: 'whole floats', text: '{"inputs": [[1.0, 2e3]]}' },
    { what: 'records without names', text: '{"dataframe_records": [[1, 2]]}' },
  ],
  untyped: [
    { what: 'whole floats in a frame', text: '{"dataframe_split": {"data": [[1.0, 2.0, 3.0]]}}' },
    { what: 'an empty frame', text: '{"dataframe_split": {"columns": ["a","b","c"], "data": []}}' },
    { what: 'true among floats', text: '{"inputs": [[true, 1.5, 2]]}' },
  ],
  words: [{ what: 'null', text: '{"dataframe_split": {"columns": ["word"], "data": [[null]]}}' }],
  multi: [{ what: 'lists in records', text: '{"instances": [{"a": [1, 2], "b": [3]}]}' }],
};
