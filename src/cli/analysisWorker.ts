/** Entry of a thread of the analysis: one file in, one result out. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadGrammar } from '../core';
import { workOn } from './analysis/fileWork';
import type { FileToRead } from './analysis/fileWork';
import { PythonAnalysis } from './analysis/pythonAnalysis';
import type { ThreadData } from './analysis/threads';

const { task, searched, runtime, python } = workerData as ThreadData;
const analysis = loadGrammar({ runtime, python }).then((language) => new PythonAnalysis(language, searched));

parentPort?.on('message', (file: FileToRead) => {
  void analysis
    .then((ready) => workOn(file, task, ready))
    .then((result) => {
      parentPort?.postMessage(result);
    });
});
