/** A race as it is kept: what was raced, with which code and inputs, and how it ended. */
import * as v from 'valibot';
import { FormValues, Report } from '../../protocol';

/** Another form gets another number; records of other versions are not read. */
const VERSION = 1;

export const RaceRecord = v.object({
  version: v.literal(VERSION),
  id: v.string(),
  uri: v.string(),
  qualname: v.string(),
  /** Of the function's code as it was raced. */
  digest: v.string(),
  values: FormValues,
  synthetic: v.boolean(),
  /** Milliseconds since the epoch. */
  startedAt: v.number(),
  report: Report,
});
export type RaceRecord = v.InferOutput<typeof RaceRecord>;

export function newRecord(fields: Omit<RaceRecord, 'version'>): RaceRecord {
  return { version: VERSION, ...fields };
}
