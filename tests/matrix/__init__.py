"""The fault matrix: every change, every read and runs of many, under every fault and killed at every step.

The sandbox's own database is the judge. ``cells`` has the tables and names every cell; ``orders``, ``reads`` and ``runs``
have their rows, ``faults`` and ``kills`` their columns. ``make matrix`` runs the whole and prints it.
"""
