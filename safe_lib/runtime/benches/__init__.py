"""The suite beside the stock tools, both in one run: pages (`pages`) and kernels (`kernels`). Nothing here is needed to serve."""
