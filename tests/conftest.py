"""One thread, so that the tests share a machine; and the same examples on every run."""
import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("same", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("same")
