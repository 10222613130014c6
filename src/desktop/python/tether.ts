/**
 * Ties the life of any program to ours. A program in a process group of its own hears nothing of our end, and nothing
 * of ours runs when we are killed; so a small Python process leads the group, starts the program as it is and reads
 * its own standard input, of which we hold the other end: when that is closed, it kills the group.
 */

/**
 * A reading thread is always on time, because nothing else runs in this process. On Windows there are no groups, and
 * `taskkill` ends the tree. 127 is a shell's exit status for a program that is not there.
 */
const SCRIPT = `
import os, signal, subprocess, sys, threading
def end_with_parent():
    while os.read(0, 4096):
        pass
    if os.name == "nt":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(os.getpid())])
    else:
        os.killpg(0, signal.SIGKILL)
threading.Thread(target=end_with_parent, daemon=True).start()
try:
    code = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL).wait()
except OSError as error:
    print(error, file=sys.stderr, flush=True)
    code = 127
os._exit(code if code >= 0 else 128 - code)
`;

/**
 * The command that runs `command` at the end of our standard-input pipe; it must lead a process group.
 * @param python any Python 3; only its standard library is used, without site packages and `PYTHON*` variables
 */
export function tethered(command: readonly [string, ...string[]], python: string): readonly [string, ...string[]] {
  return [python, '-I', '-S', '-c', SCRIPT, ...command];
}
