"""`python -m fusionlab.cli` is `fusionlab`."""

import sys

from fusionlab.cli import main

sys.exit(main())
