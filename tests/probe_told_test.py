#!/usr/bin/env python3
"""`whydown probe` against real servers, the second half: what its sockets are told, and what it leaves behind.

    probe_told_test.py [NAME ...]
"""

import sys

import probe_test

if __name__ == "__main__":
    sys.exit(probe_test.main(probe_test.TOLD))
