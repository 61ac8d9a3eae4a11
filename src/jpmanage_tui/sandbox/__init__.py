"""The embedded copy of the licensing API (the *sandbox*): an ASGI application over SQLite.

It stands alone: it is written against the contract of the API and shares nothing with the client. A request
passes `gate` (logs it, lets faults strike), Starlette's router, `respond` (token, arguments) and a handler.
How an area (licences, cards, invoices, ...) is added:

- An area is a module ``routes/<area>.py`` with ``ROUTES: tuple[RouteSpec, ...]``; ``routes/__init__.py``
  lists the areas in ``AREAS`` (a later area replaces an earlier one's route of the same method and path). A
  handler is a plain function ``handler(call: Call) -> Json | Reply``. It runs on the owner thread of the store
  inside one transaction (committed when it returns, rolled back when it raises), so it may use ``call.conn``
  freely and never needs a lock. It refuses by raising ``Refusal(status, code, message)``.
- ``RouteSpec(method, path, token, handler)``: ``token`` is ``TokenNeed.KEY``, ``USER``, ``ANY`` or ``NONE``;
  who asks is in ``call.caller``. Arguments of query and body are merged in ``call.args`` (``call.text``,
  ``call.require``). Paths carry no slash at the end; a request's is dropped. A path under ``/_sandbox`` is
  neither logged nor faulted.
- Tables of an area are one SQL script, listed in ``schema.SCRIPTS``; its first rows are one function
  ``(conn, SeedPlan) -> None`` listed in ``seed.STEPS`` (after the areas it refers to). Chance comes from
  ``plan.chance(area)`` alone, so that areas do not disturb each other's data.
- Every change calls ``call.record(kind, subject, detail)`` in its own transaction: ``GET /_sandbox/changes``
  lists what is committed. ``GET /_sandbox/requests`` lists what was asked, ``PUT /_sandbox/faults`` sets faults
  (`faults.parse_fault`).
- Files served by the second origin (PDFs, downloads) go to ``files.ROUTES``; ``call.files_origin`` is its
  base URL. It refuses any Authorization header.
- Tokens live in the table ``tokens`` (token, kind, user_id, key_id); a partner's ``has_valid_payment_method``
  and ``can_issue_licenses`` are columns of ``partners`` that the card and billing areas keep up to date.
"""
