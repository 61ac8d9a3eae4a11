"""What changes something: one line of changing requests, its journal, plans of many.

``changes`` are the requests as plain values; ``queue`` carries them out, one after another, with
``sender`` sending and ``journal`` noting each step before and after. A request whose answer is lost is
never sent again: ``lookup`` and ``settle`` look what became of it. ``plans`` runs many. ``ports`` is what
all this needs of the client.

The journal is the file of ``store``, in the versions of ``migrations``; ``rows`` reads its rows. Its entries stand under
``accounts``; ``scopes`` says which of these are one partner key, and ``owner`` which program an entry is in the hands of.
"""
