"""Pure rules over the models: what may be done with a licence, prices, order of assignment. No I/O."""
