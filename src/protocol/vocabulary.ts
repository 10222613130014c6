/**
 * The closed sets of words that every side of the wire shares. A word is added here first; the golden
 * transcripts in `test/fixtures/protocol` then keep the Python side honest.
 */
import * as v from 'valibot';

/** Version of the line protocol between a client (editor, command line) and the coordinator. */
export const PROTOCOL_VERSION = 1;

export const Framework = v.picklist(['torch', 'jax', 'numpy']);
export type Framework = v.InferOutput<typeof Framework>;

/** `training` is forward and backward: the outputs and the gradients of every float input and parameter. */
export const Mode = v.picklist(['forward', 'training']);
export type Mode = v.InferOutput<typeof Mode>;

/** Short dtype names, as jaxtyping and the command line spell them. */
export const Dtype = v.picklist(['f16', 'bf16', 'f32', 'f64', 'i8', 'i16', 'i32', 'i64', 'u8', 'bool', 'c64', 'c128']);
export type Dtype = v.InferOutput<typeof Dtype>;

/** What b is, compared with a. */
export const Verdict = v.picklist(['faster', 'slower', 'no difference', 'inconclusive', 'not comparable']);
export type Verdict = v.InferOutput<typeof Verdict>;

export const DeviceKind = v.picklist(['cpu', 'cuda', 'rocm', 'mps', 'tpu']);
export type DeviceKind = v.InferOutput<typeof DeviceKind>;

/** Expected failures, as a tagged union: each tells what happened and, in `hint`, the way out. */
export const FailureKind = v.picklist([
  'noPython', // the interpreter cannot be started, or is no supported Python
  'frameworkAbsent', // the framework is not installed in that interpreter
  'importFailed', // importing the framework raised
  'loadFailed', // the reader's file, function or constructor raised, or the name is not there
  'inputsFailed', // an input could not be made
  'runFailed', // the variant raised while it ran
  'outputsDiffer', // the variant computes something else than the reference
  'timedOut', // a deadline passed; the worker was killed
  'cancelled', // the reader cancelled
  'workerDied', // a worker ended by a signal or an exit of its own
  'outOfMemory', // the device or the host has too little memory
  'deviceBusy', // someone else is using the device
  'unsupported', // this variant, device or mode does not exist here
  'badRequest', // the request is not of the protocol's form
  'internal', // a bug of ours
]);
export type FailureKind = v.InferOutput<typeof FailureKind>;

export const Failure = v.object({
  kind: FailureKind,
  /** One sentence for the reader. */
  message: v.string(),
  /** What the reader can do about it. */
  hint: v.optional(v.string()),
  /** Where in the reader's code, when it is there. */
  file: v.optional(v.string()),
  line: v.optional(v.number()),
  /** The end of the traceback or of the worker's standard error, at most 4,000 characters. */
  detail: v.optional(v.string()),
});
export type Failure = v.InferOutput<typeof Failure>;
