"""`python -m songngu` is the `songngu` command."""

import sys

from songngu.cli.main import main

sys.exit(main())
