"""What other libraries call a loss, how they compute it, and how that is written: one library a file.

The first line of a file is `\"\"\"name, other name: Title.`; the lines below it say what the library calls each loss,
with what differs in parentheses. That is read as text. The module itself has `conventions(at)`: each way in which the
library computes a call, as a changed call and as code. So the loss's own function stays the only place where a loss is
computed, and the code is what shows, where the library is installed, that the changed call is the library's number.
"""

ORDER = ("pytorch", "torchvision", "keras", "keras-hub", "optax", "jax", "sklearn", "scipy")
