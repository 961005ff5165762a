"""The losses, a folder for each family.

A family's own `__init__.py` has its title as its first line and, below, the parameters that its losses share.
"""

# the order in which help and list show the families; one that is not named here comes last
FAMILIES = (
    "multiclass",
    "binary",
    "regression",
    "distribution",
    "margin",
    "embedding",
    "sequence",
    "segmentation",
    "detection",
)
