"""Pure rules over the models: what may be done with a license, prices, order of assignment. No I/O."""
