"""The whole system on one machine. Only the standard library here: any Python may import it."""

import sys
from pathlib import Path

# The functions' own code is not installed anywhere: the local tools share its keys and framing.
sys.path.append(str(Path(__file__).resolve().parent.parent / "chalice_app"))
