from .protocol import OPTIMIZERS as OPTIMIZERS
from .protocol import Adam as Adam
from .protocol import Plan as Plan
from .protocol import Start as Start
from .registry import ENGINES as ENGINES
from .registry import GPU_WORTH as GPU_WORTH
from .registry import select as select
from .regularizer import Regularizer as Regularizer
