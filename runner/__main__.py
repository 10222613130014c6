"""Entry of the runner: `python -u runner` serves a client, `python -u runner worker ...` is one framework's worker.

This file is read by whatever interpreter the reader chose, so it keeps to syntax that old Pythons parse.
"""

import sys

if sys.version_info < (3, 10):
    found = "%d.%d" % sys.version_info[:2]
    failure = '{"kind": "noPython", "message": "Python %s is too old; the runner needs 3.10 or newer."}' % found
    if sys.argv[1:2] == ["worker"]:
        sys.stdout.write('{"say": "broken", "failure": %s}\n' % failure)
    else:
        sys.stdout.write('{"type": "failed", "race": null, "failure": %s}\n' % failure)
    sys.exit(2)

from matmul_lens_runner.search_path import drop_relative_entries

drop_relative_entries()

from matmul_lens_runner.entry import main  # noqa: E402 - the search path is cleaned before the standard library is used

main(sys.argv[1:])
