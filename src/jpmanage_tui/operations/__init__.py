"""What changes something: mutations, the queue that sends them one after another, its journal, runs of many.

``mutation`` is what every mutation is, ``mutations`` has them all. ``queue`` notes each in the ``journal``, has the
``dispatcher`` send it, and notes how it ended. A request whose answer is lost is never sent again: the ``reconciler``
asks the mutation to verify what became of it, and does the same for what an earlier run of the program left. ``runs``
sends many. ``ports`` is what all this needs of the client.

The journal is the file of ``store``, in the versions of ``migrations``; ``entry`` reads its rows. ``scopes`` has the
names of the accounts under which its entries stand, and says which of them are one partner key; ``lease`` says which
program looks after an entry.
"""
