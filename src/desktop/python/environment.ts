/**
 * The environment that a Python process gets: an allow-list. Tokens of the editor and of the shell, `NODE_OPTIONS`
 * and `ELECTRON_*` stay behind; so do relative `PYTHONPATH` entries, through which a decoy `torch.py` in the working
 * folder gets imported. Cases that this answers: an injected `NODE_OPTIONS` (vscode CVE-2026-69320) and sockets and
 * tokens that editors hand to their extension hosts.
 */

const NAMES = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TMP', 'TEMP'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'],
  // Which interpreter, and where its packages are.
  ...['VIRTUAL_ENV', 'PYTHONNOUSERSITE', 'PYTHONUSERBASE', 'PYTHONUTF8', 'PYTHONIOENCODING'],
  // Shared libraries and the compilers that Inductor, Triton and XLA call.
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH', 'LIBRARY_PATH'],
  ...['CC', 'CXX', 'CPATH', 'C_INCLUDE_PATH', 'CPLUS_INCLUDE_PATH', 'SDKROOT', 'DEVELOPER_DIR'],
  ...['GPU_DEVICE_ORDINAL', 'OPENBLAS_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS', 'NPROC'],
]);

/** What the reader set to make the frameworks run as they do elsewhere; the runner overrides and records its own. */
const PREFIXES = [
  ...['LC_', 'CONDA_', 'MAMBA_', 'PIXI_'],
  ...['CUDA_', 'CUBLAS_', 'CUDNN_', 'NVIDIA_', 'NCCL_', 'ROCM_', 'ROCR_', 'HIP_', 'HSA_', 'MIOPEN_', 'TPU_', 'LIBTPU_'],
  ...['OMP_', 'GOMP_', 'KMP_', 'MKL_', 'XLA_', 'JAX_', 'TORCH', 'PYTORCH_', 'TRITON_'],
];

/** Without these Windows starts no process, finds no compiler or no user folder. */
const WINDOWS_NAMES = new Set([
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA'],
  ...['USERNAME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'PROGRAMFILES', 'PROGRAMFILES(X86)', 'PROGRAMW6432'],
  ...['NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'PROCESSOR_IDENTIFIER', 'INCLUDE', 'LIB', 'LIBPATH'],
]);

/** What pip needs to reach the reader's package index. */
const INSTALLER_NAMES = new Set([
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NETRC'],
]);

/** A secret may hide under an allowed prefix (`CONDA_TOKEN`). */
const SECRET = /TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE_?KEY/i;

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a benchmark or a probe may see of `all`. */
export function pythonEnvironment(all: Variables, platform: NodeJS.Platform): Record<string, string> {
  return pick(all, platform, (name) => isForPython(name, platform));
}

/** What `python -m venv` and `pip install` may see of `all`: the way to the package index as well. */
export function installerEnvironment(all: Variables, platform: NodeJS.Platform): Record<string, string> {
  return {
    ...pick(
      all,
      platform,
      (name) => isForPython(name, platform) || INSTALLER_NAMES.has(name.toUpperCase()) || name.startsWith('PIP_'),
    ),
    // The packages of another environment would count as installed.
    PYTHONPATH: '',
    PYTHONNOUSERSITE: '1',
  };
}

function isForPython(name: string, platform: NodeJS.Platform): boolean {
  // Windows' names have no case; elsewhere `path` is another variable than `PATH`.
  const known = platform === 'win32' ? name.toUpperCase() : name;
  if (SECRET.test(known)) return false;
  return (
    NAMES.has(known) ||
    PREFIXES.some((prefix) => known.startsWith(prefix)) ||
    (platform === 'win32' && WINDOWS_NAMES.has(known))
  );
}

function pick(all: Variables, platform: NodeJS.Platform, allowed: (name: string) => boolean): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    if (allowed(name)) result[name] = value;
    if (name === 'PYTHONPATH') {
      const kept = absoluteEntries(value, platform);
      if (kept !== '') result[name] = kept;
    }
  }
  return result;
}

function absoluteEntries(searchPath: string, platform: NodeJS.Platform): string {
  const [separator, absolute] = platform === 'win32' ? [';', /^([A-Za-z]:[\\/]|\\\\)/] : [':', /^\//];
  return searchPath
    .split(separator)
    .filter((entry) => absolute.test(entry))
    .join(separator);
}
