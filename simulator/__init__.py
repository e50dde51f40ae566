"""The ground: network, people, measures, results, kernels, draws and evidence of the simulation."""
