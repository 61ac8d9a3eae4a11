"""The embedded copy of the licensing API (the *sandbox*): an ASGI application over SQLite.

It stands alone: it is written against the contract of the API and shares nothing with the client. A request
passes `fault_middleware` (logs it, lets faults strike), Starlette's router, `respond` (token, arguments) and a handler.
How an area (licenses, cards, invoices, ...) is added:

- An area is a package with its tables, rules, routes and first data side by side. Its ``routes`` module has
  ``ROUTES: tuple[RouteSpec, ...]``, which ``routes.py`` lists in ``AREAS`` (a later area replaces an earlier one's
  route of the same method and path). A handler is a plain function ``handler(call: Call) -> Json | Reply``. It runs
  on the owner thread of the store inside one transaction (committed when it returns, rolled back when it raises), so
  it may use ``call.conn`` freely and never needs a lock. It refuses by raising ``HTTPError(status, code, message)``.
- ``RouteSpec(method, path, token, handler)``: ``token`` is ``TokenNeed.KEY``, ``USER``, ``ANY`` or ``NONE``;
  who asks is in ``call.caller``. Arguments of query and body are merged in ``call.args`` (``call.text``,
  ``call.require``). Paths carry no slash at the end; a request's is dropped. A path under ``/_sandbox`` is
  neither logged nor faulted.
- Tables of an area are one SQL script, listed in ``schema.SCRIPTS``; its first rows are one function
  ``(conn, SeedPlan) -> None`` listed in ``seed.STEPS`` (after the areas it refers to). Chance comes from
  ``plan.random(area)`` alone, so that areas do not disturb each other's data.
- Every change calls ``call.record(kind, subject, detail)`` in its own transaction: ``GET /_sandbox/changes``
  lists what is committed. ``GET /_sandbox/requests`` lists what was asked, ``PUT /_sandbox/faults`` sets faults
  (`faults.parse_fault`).
- Files served by the second origin (PDFs, downloads) go to ``files.ROUTES``; ``call.files_origin`` is its
  base URL. It refuses any Authorization header.
- Tokens live in the table ``tokens`` (token, kind, user_id, key_id); a partner's ``has_valid_payment_method``
  and ``can_issue_licenses`` are columns of ``partners`` that the card and billing areas keep up to date.

What a demo or a check can do besides the API itself. None of it takes part in the log of requests or in faults.

Switches: ``GET /_sandbox/switches`` tells all; ``PUT`` with a JSON object turns those it names, null turns one back; an
unknown name or state is a 400 ``bad_switch``. The first state is the usual one:

- ``billing``: ready | preparing (the bill answers 403 ``no_billing_invoice_available``, as it always does for a key that
  never had a license: ``sandbox-key-tos``, and that of a partner who has just signed up; without a message)
- ``raw-cards``: accepted | surface | unsafe (Stripe refuses typed numbers by one of its two sentences)
- ``pay-answer``: paid | open (paying answers 200 with the invoice still open, and charges nothing)
- ``unknown-license``: 404 | 400 | 403 (the status with which an unknown license or bundle is answered)
- ``issuing``, ``stripe-configuration``, ``children``: see `switches`
- ``oauth-partner``: allowed | refused (``/partner`` answers 403 to tokens of dynamically registered clients)
- ``oauth-loopback``: allowed | refused (registration takes no loopback address)
- ``oauth-approval``: given | denied (the authorize page leads back with ``access_denied``)
- ``oauth-user``: the sandbox token of the user who signs in, ``sandbox-user`` or another ``sandbox-user-…``
- ``oauth-expires-in``: seconds that a token of the sign-in lives (the fixed clock lets none expire)
- ``pdf-kind``: pdf | html (a page in place of the PDF); ``pdf-seconds``: how long a PDF takes, in 20 pieces;
  ``pdf-extra-kb``: how much longer it is

What a person does in a browser:

- 3-D Secure: a challenged confirmation answers ``next_action.redirect_to_url.url``, which is
  ``/_sandbox/3ds/{intent}?challenge=…``: GET is the page; POST (or GET) of ``/_sandbox/3ds/{intent}/approve?challenge=…``
  or ``…/decline?challenge=…`` decides and answers 303 to the ``return_url`` (200 without one). A decision that is no
  longer asked for is a 410. To decide, insert ``/approve`` or ``/decline`` before the ``?`` of the URL.
- The vendor's add-card page: ``POST /_sandbox/add-card`` with ``key_id``, or with the key's token as bearer token
  (else the first key gets it), and optionally ``number`` (a test card),
  ``exp_month``, ``exp_year``, ``name``, ``primary``; 201 with the new card.
- Sign-in: GET of the authorize address answers 302 to the ``redirect_uri`` with ``code`` and ``state`` at once. The older
  pair knows the app `oauth.APP_ID` with `oauth.APP_SECRET`, which may come back to any loopback address.

Decided where the contract is silent: ten cards a page and ten invoices; a partner's ``has_valid_payment_method`` is true
while each of its keys has a card; the first card is primary whatever is asked; a card confirmed at Stripe is listed once
it is saved; five refusals cancel a setup intent; ``/partner`` without a partner is a 404. The first key is billed by day,
the second by month. License-days are whole UTC days, that of issuing counted, that of revoking not; a month's estimate
counts to its last day; a child of a bundle costs its share of the bundle. When its clock passes into another month, the
next look at invoices or partner finds the last month's invoice, paid by the primary card or, where that does not pay,
open for 14 days. Card numbers are never kept.
"""
