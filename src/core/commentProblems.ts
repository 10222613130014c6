/** What is wrong with the `# shape:` comments of a file: those that cannot be read, and those that the code contradicts. */
import type { FileAnalysis } from './analyze';
import { observeFunction } from './infer/analyzeFunction';
import { commentProblems, commentsOf, commentSymbol, writtenTensor } from './infer/annotations/comments';
import type { CommentProblem } from './infer/annotations/comments';
import { contradicts, formatShape } from './infer/shapes';

export type { CommentProblem } from './infer/annotations/comments';

/** In the order of the text. */
export function commentProblemsOf({ session, functions }: FileAnalysis): readonly CommentProblem[] {
  const { file } = session;
  const found = [...commentProblems(file)];
  for (const { key } of functions) {
    const comments = commentsOf(file, key);
    if (key === '' || !comments || comments.values.size === 0) continue;
    const observed = observeFunction(session, key);
    for (const { name, shape, assignment, comment } of [...comments.values.values()].flat()) {
      const value = assignment.value ? observed.get(assignment.value) : undefined;
      if (name !== null || value?.kind !== 'tensor') continue;
      const said = writtenTensor(shape, (size) => commentSymbol(key, size)).shape;
      if (!contradicts(value.shape, said)) continue;
      const { start, end } = comment;
      const message = `the comment says ${formatShape(said)}, the code gives ${formatShape(value.shape)}`;
      found.push({ start, end, line: file.lines.position(start).line + 1, message, about: 'value' });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
