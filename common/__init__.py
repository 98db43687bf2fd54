"""What the command-line packages share: environments, errors, the door to AWS, files, progress.

Only the standard library here, so that any Python may import it. It imports none of `analytics`,
`local` and `training`, which use one another in one direction: training → local → analytics →
common.
"""

import sys
from pathlib import Path

# The functions' own code is not installed anywhere: the tools share its object keys and framing.
sys.path.append(str(Path(__file__).resolve().parent.parent / "chalice_app"))
