from ._cells import cells as cells
from ._reparametrized import (
    matched as matched,
    reparametrize as reparametrize,
    Reparametrized as Reparametrized,
)
from ._restricted import is_restricted as is_restricted, Restricted as Restricted
from ._rewritten import (
    balanced as balanced,
    lifted as lifted,
    merged as merged,
    switched as switched,
)
from ._seminorm import seminorm as seminorm
