import assert from 'node:assert/strict';
import { installerEnvironment, pythonEnvironment } from '../../src/desktop/python/environment';

describe('the environment of a Python process', () => {
  it('holds what an interpreter, its libraries and its compilers need', () => {
    const given = {
      ...{ PATH: '/usr/bin', HOME: '/home/reader', LANG: 'C', LC_ALL: 'C', TMPDIR: '/tmp', VIRTUAL_ENV: '/venv' },
      ...{ CUDA_VISIBLE_DEVICES: '1', ROCM_PATH: '/opt/rocm', HIP_VISIBLE_DEVICES: '0', LD_LIBRARY_PATH: '/lib' },
      ...{ CONDA_PREFIX: '/conda', CC: 'clang', CXX: 'clang++', OMP_NUM_THREADS: '4', XLA_FLAGS: '--xla_dump' },
    };
    assert.deepEqual(pythonEnvironment(given, 'linux'), given);
  });

  it('leaves out tokens, hooks and what editors tell their own processes', () => {
    const given = {
      ...{ NODE_OPTIONS: '--require=/x.js', ELECTRON_RUN_AS_NODE: '1', VSCODE_IPC_HOOK: '/s', GITHUB_TOKEN: 't' },
      ...{ CONDA_TOKEN: 't', JAX_API_KEY: 'k', AWS_SECRET_ACCESS_KEY: 's', LD_PRELOAD: '/x.so', SSH_AUTH_SOCK: '/s' },
      ...{ PYTHONSTARTUP: '/x.py', PYTHONHOME: '/x', BASH_ENV: '/x', PIP_INDEX_URL: 'i', Path: '/x' },
    };
    assert.deepEqual(pythonEnvironment(given, 'linux'), {});
  });

  it('keeps only absolute entries of PYTHONPATH', () => {
    const of = (value: string, platform: NodeJS.Platform) => pythonEnvironment({ PYTHONPATH: value }, platform);
    assert.deepEqual(of('/a::.:src:/b', 'linux'), { PYTHONPATH: '/a:/b' });
    assert.deepEqual(of('.', 'linux'), {});
    assert.deepEqual(of('C:\\a;src;\\\\host\\b;D:x', 'win32'), { PYTHONPATH: 'C:\\a;\\\\host\\b' });
  });

  it('knows Windows names whatever their case', () => {
    const given = { Path: 'C:\\', SystemRoot: 'C:\\Windows', 'ProgramFiles(x86)': 'C:\\P', Node_Options: 'x' };
    const { Node_Options: _, ...kept } = given;
    assert.deepEqual(pythonEnvironment(given, 'win32'), kept);
  });

  it('lets pip reach the package index, and see no other packages', () => {
    const given = { PATH: '/usr/bin', PIP_INDEX_URL: 'mirror', HTTPS_PROXY: 'p', https_proxy: 'p', PYTHONPATH: '/a' };
    assert.deepEqual(installerEnvironment(given, 'linux'), { ...given, PYTHONPATH: '', PYTHONNOUSERSITE: '1' });
  });
});
