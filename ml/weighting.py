"""How much each n-gram counts before the classifier has seen it: rarity, and contrast of classes.

A ridge penalty holds all weights alike; scaling a column up holds its weight less. Rare n-grams say
more than frequent ones, and so do those that one class has much more often than the other.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Float32s = npt.NDArray[np.float32]

# So many imagined texts of each class hold every n-gram.
_IMAGINED = 1.0


def scales(
    table: csr_array,
    says: npt.NDArray[np.bool_],
    counts: npt.NDArray[np.float64],
    *,
    rarity: float,
    contrast: float,
    plain: int,
) -> Float32s:
    """Return a factor for each column, 1 on average over the table's entries.

    Args:
        table: shape (n, columns), any positive entry is a presence.
        says: shape (n,), the class of each row.
        counts: shape (n,), how much each row counts.
        rarity: power of the inverse document frequency; 0 switches it off.
        contrast: power of the absolute log ratio of the classes' shares; 0 switches it off.
        plain: so many last columns are no n-grams and keep a factor of 1.

    Source: Wang and Manning 2012, "Baselines and Bigrams" (the ratio), softened by a power.
    """
    rows, columns = table.shape
    present = csr_array((np.ones_like(table.data), table.indices, table.indptr), table.shape)
    frequency = np.minimum(np.bincount(table.indices, minlength=columns), rows)
    yes = _IMAGINED + present.T @ (counts * says)
    no = _IMAGINED + present.T @ (counts * ~says)
    ratio = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    factor = np.log((rows + 1) / (frequency + 1)) ** rarity * ratio**contrast
    factor[columns - plain :] = 0
    entries = factor[table.indices]
    factor /= entries[entries > 0].mean()
    factor[columns - plain :] = 1
    return np.asarray(factor, np.float32)
