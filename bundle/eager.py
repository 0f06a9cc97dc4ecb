# PyTorch
