/** Which function or class of the file is meant. */
import { raceSubjects, subjectAtLine, subjectNamed } from '../../core';
import type { FileAnalysis, RaceSubject } from '../../core';
import { suggestion } from '../arguments';
import type { NamedTarget } from '../target';

export type SubjectResult =
  { readonly ok: true; readonly subject: RaceSubject } | { readonly ok: false; readonly message: string };

/** @param shown the file's name for messages */
export function chooseSubject(analysis: FileAnalysis, which: NamedTarget['which'], shown: string): SubjectResult {
  const all = raceSubjects(analysis);
  const names = [...new Set(all.map(({ qualname }) => qualname))];
  const choices = names.length === 0 ? '; nothing in it can be raced' : `; it has ${names.join(', ')}`;
  switch (which.kind) {
    case 'qualname': {
      const subject = subjectNamed(analysis, which.qualname);
      if (subject) return { ok: true, subject };
      const meant = suggestion(which.qualname, names);
      return { ok: false, message: `${shown} has no ${which.qualname} to race${meant === '' ? choices : meant}` };
    }
    case 'line': {
      const subject = subjectAtLine(analysis, which.line);
      if (subject) return { ok: true, subject };
      return { ok: false, message: `line ${which.line} of ${shown} is in no function that can be raced${choices}` };
    }
    case 'whole': {
      const subject = all.length === 1 ? all[0] : benchmarkProblem(analysis, all);
      if (subject) return { ok: true, subject };
      const message = all.length === 0 ? `nothing in ${shown} can be raced` : `name one of ${shown}${choices}`;
      return { ok: false, message };
    }
  }
}

/** Kernel benchmark suites call what is measured `Model` and define `get_inputs()` beside it. */
function benchmarkProblem(analysis: FileAnalysis, all: readonly RaceSubject[]): RaceSubject | undefined {
  const { functions } = analysis.session.file.facts;
  if (!functions.some(({ key }) => key === 'get_inputs')) return undefined;
  return all.find(({ qualname }) => qualname === 'Model');
}
