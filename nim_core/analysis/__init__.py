"""What a comparison shows: statements about differences that hold however often one looked.

pairs -> verdict is the way through; sequential and shares hold the arithmetic. Numbers only: no table, no measure.
"""

from __future__ import annotations
