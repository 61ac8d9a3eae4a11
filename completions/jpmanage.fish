# fish completion for jpmanage
# Made from the parser of the command line by `make completions`: do not edit.

function __jpmanage_commands
    switch "$argv[1]"
        case ''
            printf '%s\n' 'licenses	list, show, issue, assign, unassign, move, revoke and download licenses' 'billing	what this month will cost, and what is billed but unassigned' 'payment-methods	the cards of a partner key' 'invoices	list, show, download and pay invoices' 'prices	your prices per day and month' 'company	the company details on invoices' 'sites	the connected sites' 'operations	runs and single changes: look at them, go on, undo, settle' 'profiles	the stored sign-ins' 'config	the settings file' 'completion	completion for bash, zsh and fish' 'login	sign in with WordPress.com, or keep a token' 'logout	forget a profile, and revoke its sign-in' 'whoami	which account, which keys, and where each token came from' 'sandbox	the sandbox over real HTTP, for tests and scripts' 'version	the version of jpmanage and what it runs on' 'help	the help of a command'
        case 'licenses'
            printf '%s\n' 'list	list licenses' 'show	show licenses with all that is known of them' 'download	print where the download of a license is' 'issue	issue licenses, and assign them where sites are named' 'assign	assign unassigned licenses to a site, or a bundle\'s to many' 'unassign	take licenses from their sites' 'move	move licenses from their sites to another one' 'revoke	revoke licenses or bundles for good' 'leave-site	take all licenses from sites whose client leaves'
        case 'billing'
            printf '%s\n' 'show	what this month will cost, by product' 'idle	licenses that are billed though they are assigned to no site' 'changes	licenses issued and revoked this month, by product'
        case 'payment-methods'
            printf '%s\n' 'list	list the saved cards, the primary one first' 'set-primary	charge this card each month from now on' 'delete	delete a saved card'
        case 'invoices'
            printf '%s\n' 'list	list invoices, newest first' 'show	show an invoice, or its text' 'download	save invoices as PDF files' 'pay	pay an open invoice with the primary card'
        case 'prices'
            printf '%s\n' 'list	what each product costs you per day, month and year'
        case 'company'
            printf '%s\n' 'show	show the company details' 'update	change company details'
        case 'sites'
            printf '%s\n' 'list	list the connected sites, by address' 'connect	connect a site on which Jetpack is installed'
        case 'operations'
            printf '%s\n' 'list	list runs and single changes, newest first' 'show	show a run with its changes, or a single change' 'resume	go on with a paused or interrupted run' 'retry	try again what failed of a run' 'cancel	cancel what a run has not started' 'discard	give up a paused or interrupted run' 'undo	undo what a run or a change has assigned or unassigned' 'recheck	look up again what is unknown' 'resolve	settle a change of unknown outcome by hand' 'export	write the report of a run to a file'
        case 'profiles'
            printf '%s\n' 'list	list the profiles; no token is shown' 'use	make a profile the default one'
        case 'config'
            printf '%s\n' 'path	print where the settings file is' 'show	show every setting, and where it comes from; secrets are masked' 'validate	check the settings file, and the themes beside it' 'schema	print a JSON schema of the settings file' 'init	write a settings file with every setting in a comment; one that is there stays'
    end
end

function __jpmanage_options
    switch "$argv[1]"
        case ''
            printf '%s\n' '--help	show this help message and exit' '--version	show program\'s version number and exit' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses'
            printf '%s\n' '--help	show this help message and exit'
        case 'licenses list'
            printf '%s\n' '--help	show this help message and exit' '--limit	at most N rows' '--state	the tab of the app: active (all that are not revoked; the default), assigned, unassigned, revoked, standard (bought elsewhere), all' '--search	words that must all match' '--site	on this site: an address in any form, or its Site ID' '--product	of this product: its name or slug' '--has	on sites that have a product, or \'any FAMILY\'' '--lacks	on sites that lack a product, or \'any FAMILY\'' '--older-than	issued more than so many days ago' '--unassigned-for	unassigned, and issued more than so many days ago' '--bundle	in the bundle with this license id' '--issued	issued on these days (UTC): 2026-03-31, 2026-03, 2026-01..2026-03' '--sort	by this field: dates newest first, others from A to Z (issued_at); dates are sorted by the server' '--reverse	the other way round' '--members	also the licenses inside bundles, listed after their bundle' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses show'
            printf '%s\n' '--help	show this help message and exit' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses download'
            printf '%s\n' '--help	show this help message and exit' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses issue'
            printf '%s\n' '--help	show this help message and exit' '--site	assign one of each to this site; may be given several times' '--assign-later	issue what the list asks for, and assign nothing' '--unassigned-first	assign licenses that are unassigned already before new ones are issued' '--take-bundles	issue bundles where they cost less than single licenses' '--skip-problems	skip what is unknown or ambiguous; otherwise one such entry stops everything' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--max-cost	send nothing if it would cost more than this per month' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses assign'
            printf '%s\n' '--help	show this help message and exit' '--skip-problems	skip what is unknown or ambiguous; otherwise one such entry stops everything' '--site	the site, by address or Site ID' '--bundle	assign the unassigned licenses of this bundle, by its id or code, to a list of sites' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses unassign'
            printf '%s\n' '--help	show this help message and exit' '--skip-problems	skip what is unknown or ambiguous; otherwise one such entry stops everything' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--no-email	do not tell the customers by e-mail' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses move'
            printf '%s\n' '--help	show this help message and exit' '--skip-problems	skip what is unknown or ambiguous; otherwise one such entry stops everything' '--site	the other site, by address or Site ID' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--no-email	do not tell the customers by e-mail' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses revoke'
            printf '%s\n' '--help	show this help message and exit' '--skip-problems	skip what is unknown or ambiguous; otherwise one such entry stops everything' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'licenses leave-site'
            printf '%s\n' '--help	show this help message and exit' '--unassign	unassign the licenses (the default)' '--revoke	revoke them; with --unassign too: one, then the other' '--skip-problems	skip what is unknown or ambiguous; otherwise one such entry stops everything' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--no-email	do not tell the customers by e-mail' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'billing'
            printf '%s\n' '--help	show this help message and exit'
        case 'billing show'
            printf '%s\n' '--help	show this help message and exit' '--summary	the estimate as a whole, as one thing, in place of its products' '--sort	the order of the products: by a figure, highest first; by name; or as the API gives them: subtotal, price, assigned, unassigned, quantity, product, given' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'billing idle'
            printf '%s\n' '--help	show this help message and exit' '--older-than	those issued more than so many days ago' '--no-bundles	do not look into the bundles, under which alone the API lists their licenses (saves a request for every 100 of all licenses)' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'billing changes'
            printf '%s\n' '--help	show this help message and exit' '--days	on these days (UTC) in place of this month: 2026-03-31, 2026-03, 2026-01..2026-03' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'payment-methods'
            printf '%s\n' '--help	show this help message and exit'
        case 'payment-methods list'
            printf '%s\n' '--help	show this help message and exit' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'payment-methods set-primary'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'payment-methods delete'
            printf '%s\n' '--help	show this help message and exit' '--new-primary	of the primary card: the card that is charged in its place; needed where there are several others' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'invoices'
            printf '%s\n' '--help	show this help message and exit'
        case 'invoices list'
            printf '%s\n' '--help	show this help message and exit' '--limit	at most N rows' '--status	the tab of the app (all), or past-due: open, and the day on which it was due is over' '--year	issued in this year (UTC)' '--issued	issued on these days (UTC): 2026-03-31, 2026-03, 2026-01..2026-03' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'invoices show'
            printf '%s\n' '--help	show this help message and exit' '--text	print the text of its PDF in the place of its fields' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'invoices download'
            printf '%s\n' '--help	show this help message and exit' '--all	every invoice of the partner key' '--dir	the folder (the app\'s: JPMANAGE_DOWNLOAD_DIR, download_dir)' '--again	also those whose file is in the folder already: under a further name, files are never overwritten' '--status	the tab of the app (all), or past-due: open, and the day on which it was due is over' '--year	issued in this year (UTC)' '--issued	issued on these days (UTC): 2026-03-31, 2026-03, 2026-01..2026-03' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'invoices pay'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'prices'
            printf '%s\n' '--help	show this help message and exit'
        case 'prices list'
            printf '%s\n' '--help	show this help message and exit' '--search	products by name, or by what a plan contains' '--sort	the order: by family (the screen\'s), name, cheapest or dearest first' '--bundles	each size in which a product is sold as a bundle, too' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'company'
            printf '%s\n' '--help	show this help message and exit'
        case 'company show'
            printf '%s\n' '--help	show this help message and exit' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'company update'
            printf '%s\n' '--help	show this help message and exit' '--name	the company\'s name' '--contact-person	the contact\'s first and last name' '--company-website	the company\'s website' '--line1	the first line of the address' '--line2	the second line of the address' '--city	the city' '--country	the country, by its code or name' '--state	the state, by its code or name; \'\' where there is none' '--postal-code	the postal code' '--from	a JSON object as `company show --json` prints it; - reads standard input; options go before it' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'sites'
            printf '%s\n' '--help	show this help message and exit'
        case 'sites list'
            printf '%s\n' '--help	show this help message and exit' '--search	sites whose address has this text' '--filter	the filter of the app: favorites, or one of the issues that the API knows: all, favorites, any-issue, backup-failed, backup-warning, threats, down, disconnected, updates' '--reverse	by address from Z to A' '--limit	at most N rows' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--all-keys	read every partner key; columns name it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'sites connect'
            printf '%s\n' '--help	show this help message and exit' '--local-user	an administrator of the site, by id, login or e-mail there; 1, the default, is the usual one' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--from	a list, one a line; - reads standard input' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations'
            printf '%s\n' '--help	show this help message and exit'
        case 'operations list'
            printf '%s\n' '--help	show this help message and exit' '--limit	at most N rows' '--search	what was asked for, product, site, code, request id' '--state	running, paused, unknown, failed, done or canceled; may be repeated' '--day	UTC days: 2026-03-01, 2026-03-01..2026-03-31, or a number of days back' '--since	that UTC day and later' '--of-key	of one partner key only, as the field key names it; \'this key\' is the one in use' '--all-keys	of every partner key, as without it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--all-profiles	read every profile; a column names it' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations show'
            printf '%s\n' '--help	show this help message and exit' '--state	of a run only the changes that are waiting, active, done, failed, unknown or skipped' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations resume'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--max-cost	send nothing if it would cost more than this per month' '--wait	if another jpmanage is working on it, wait' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations retry'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--max-cost	send nothing if it would cost more than this per month' '--wait	if another jpmanage is working on it, wait' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations cancel'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations discard'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations undo'
            printf '%s\n' '--help	show this help message and exit' '--yes	do it without asking' '--dry-run	print what would be sent and what it costs; send nothing' '--no-email	do not tell the customers by e-mail' '--run-name	name the run; the same name continues it and never starts it twice' '--wait	if another jpmanage is doing the same, wait for it' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations recheck'
            printf '%s\n' '--help	show this help message and exit' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations resolve'
            printf '%s\n' '--help	show this help message and exit' '--done	you have looked: it was done' '--not-done	you have looked: it was not done' '--yes	do it without asking' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'operations export'
            printf '%s\n' '--help	show this help message and exit' '--dir	the folder (that of downloads), made if need be' '--stdout	write it to standard output, and no file' '--codes	license codes in full; else they are masked' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'profiles'
            printf '%s\n' '--help	show this help message and exit'
        case 'profiles list'
            printf '%s\n' '--help	show this help message and exit' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'profiles use'
            printf '%s\n' '--help	show this help message and exit' '--log	write a redacted log with request ids'
        case 'config'
            printf '%s\n' '--help	show this help message and exit'
        case 'config path'
            printf '%s\n' '--help	show this help message and exit' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'config show'
            printf '%s\n' '--help	show this help message and exit' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'config validate'
            printf '%s\n' '--help	show this help message and exit' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'config schema'
            printf '%s\n' '--help	show this help message and exit' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'config init'
            printf '%s\n' '--help	show this help message and exit' '--log	write a redacted log with request ids'
        case 'completion'
            printf '%s\n' '--help	show this help message and exit' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'login'
            printf '%s\n' '--help	show this help message and exit' '--web	with WordPress.com, without asking how' '--paste	read a line with the user token and a line with the partner key\'s token; one may be empty' '--with-token	read one token from standard input: a partner key\'s, or a WordPress.com user\'s' '--profile	the profile to use' '--log	write a redacted log with request ids'
        case 'logout'
            printf '%s\n' '--help	show this help message and exit' '--profile	the profile to use' '--log	write a redacted log with request ids'
        case 'whoami'
            printf '%s\n' '--help	show this help message and exit' '--json	one JSON array; for one thing, one object' '--jsonl	a JSON object a line' '--csv	CSV with a line of names' '--excel	with --csv: for Excel where the comma is the decimal sign (BOM, semicolons)' '--fields	these fields only, in this order' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'sandbox'
            printf '%s\n' '--help	show this help message and exit' '--host	the address to listen on (127.0.0.1)' '--port	the port (8787); 0 picks one' '--licenses	how many licenses (250)' '--seed	seed of the generated data (1)' '--now	fix its clock' '--dir	keep sandbox.sqlite there' '--fault	inject a failure; may be repeated'
        case 'version'
            printf '%s\n' '--help	show this help message and exit' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
        case 'help'
            printf '%s\n' '--help	show this help message and exit' '--demo	use the sandbox: no network, no account' '--demo-licenses	how many licenses the demo has (250)' '--demo-dir	keep the demo\'s data and journal there' '--demo-now	fix the demo\'s clock' '--profile	the profile to use' '--key	the partner key to use, by its id; whoami lists them' '--read-only	refuse every change' '--log	write a redacted log with request ids'
    end
end

function __jpmanage_value
    switch "$argv[1]"
        case '* --demo-licenses'
            printf '%s\n' 'any'
        case '* --demo-dir'
            printf '%s\n' 'directory'
        case '* --demo-now'
            printf '%s\n' 'any'
        case '* --profile'
            printf '%s\n' 'profile'
        case '* --key'
            printf '%s\n' 'any'
        case '* --log'
            printf '%s\n' 'file'
        case '* --limit'
            printf '%s\n' 'any'
        case 'licenses list --state'
            printf '%s\n' 'choice' 'active' 'assigned' 'unassigned' 'revoked' 'standard' 'all'
        case 'company update --state'
            printf '%s\n' 'any'
        case 'operations list --state'
            printf '%s\n' 'choice' 'running' 'paused' 'unknown' 'failed' 'done' 'canceled'
        case 'operations show --state'
            printf '%s\n' 'choice' 'waiting' 'active' 'done' 'failed' 'unknown' 'skipped'
        case '* --search'
            printf '%s\n' 'any'
        case '* --site'
            printf '%s\n' 'any'
        case '* --product'
            printf '%s\n' 'any'
        case '* --has'
            printf '%s\n' 'any'
        case '* --lacks'
            printf '%s\n' 'any'
        case '* --older-than'
            printf '%s\n' 'any'
        case '* --unassigned-for'
            printf '%s\n' 'any'
        case '* --bundle'
            printf '%s\n' 'any'
        case '* --issued'
            printf '%s\n' 'any'
        case 'licenses list --sort'
            printf '%s\n' 'choice' 'license_code' 'product' 'state' 'site_id' 'site' 'owner' 'owner_type' 'issued_at' 'assigned_at' 'revoked_at' 'bundle_size' 'part_of_bundle' 'license_id'
        case 'billing show --sort'
            printf '%s\n' 'choice' 'subtotal' 'price' 'assigned' 'unassigned' 'quantity' 'product' 'given'
        case 'prices list --sort'
            printf '%s\n' 'choice' 'family' 'name' 'cheapest' 'dearest'
        case 'licenses list --fields'
            printf '%s\n' 'list' 'license_code' 'product' 'state' 'site_id' 'site' 'owner' 'owner_type' 'issued_at' 'assigned_at' 'revoked_at' 'bundle_size' 'part_of_bundle' 'license_id'
        case 'licenses show --fields'
            printf '%s\n' 'list' 'license_code' 'product' 'state' 'site_id' 'site' 'owner' 'owner_type' 'issued_at' 'assigned_at' 'revoked_at' 'bundle_size' 'part_of_bundle' 'license_id'
        case 'licenses download --fields'
            printf '%s\n' 'list' 'license_code' 'url'
        case 'licenses issue --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'licenses assign --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'licenses unassign --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'licenses move --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'licenses revoke --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'licenses leave-site --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'billing show --fields'
            printf '%s\n' 'list' 'product' 'product_slug' 'price' 'interval' 'assigned' 'unassigned' 'quantity' 'quantity_counts' 'subtotal' 'currency' 'estimate_of' 'licenses' 'cost' 'cost_assigned' 'cost_unassigned' 'unassigned_share' 'cost_unassigned_share'
        case 'billing idle --fields'
            printf '%s\n' 'list' 'license_code' 'product' 'issued_at' 'days' 'per_day' 'per_month' 'price' 'interval' 'currency' 'part_of_bundle'
        case 'billing changes --fields'
            printf '%s\n' 'list' 'product' 'issued' 'revoked' 'from_day' 'to_day'
        case 'payment-methods list --fields'
            printf '%s\n' 'list' 'id' 'brand' 'last4' 'name' 'expires' 'expiry' 'role' 'primary' 'added_at'
        case 'payment-methods set-primary --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'payment-methods delete --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'invoices list --fields'
            printf '%s\n' 'list' 'number' 'invoice_id' 'status' 'issued_at' 'due_at' 'total' 'currency' 'pdf'
        case 'invoices show --fields'
            printf '%s\n' 'list' 'number' 'invoice_id' 'status' 'issued_at' 'due_at' 'total' 'currency' 'pdf'
        case 'invoices download --fields'
            printf '%s\n' 'list' 'number' 'invoice_id' 'state' 'path' 'message'
        case 'invoices pay --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'prices list --fields'
            printf '%s\n' 'list' 'product' 'product_slug' 'family' 'licenses' 'price' 'interval' 'currency' 'per_license_day' 'per_license_month' 'per_license_year' 'saves_percent'
        case 'company show --fields'
            printf '%s\n' 'list' 'name' 'contact_person' 'company_website' 'company_type' 'managed_sites' 'country' 'state' 'city' 'line1' 'line2' 'postal_code'
        case 'company update --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'sites list --fields'
            printf '%s\n' 'list' 'site' 'site_id' 'connection' 'monitor' 'threats' 'backup' 'plugin_updates' 'products' 'php' 'favorite' 'multisite'
        case 'sites connect --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations list --fields'
            printf '%s\n' 'list' 'ref' 'time' 'kind' 'id' 'state' 'key' 'by' 'operation' 'total' 'done' 'failed' 'unknown' 'waiting' 'skipped' 'request_id' 'message' 'statuses' 'name' 'settled_at'
        case 'operations show --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations resume --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations retry --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations cancel --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations discard --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations undo --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations recheck --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations resolve --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'operations export --fields'
            printf '%s\n' 'list' 'position' 'state' 'outcome' 'kind' 'license_key' 'issued_license_keys' 'site' 'blog_id' 'product' 'quantity' 'request_id' 'entry_id' 'created_at' 'sent_at' 'settled_at' 'message' 'price' 'currency' 'interval' 'summary' 'action' 'code'
        case 'profiles list --fields'
            printf '%s\n' 'list' 'name' 'default' 'account' 'key' 'key_id' 'key_token' 'user_token' 'renewed' 'expires_at' 'api_url'
        case 'config show --fields'
            printf '%s\n' 'list' 'name' 'value' 'source' 'help'
        case 'whoami --fields'
            printf '%s\n' 'list' 'account' 'key_id' 'key' 'in_use' 'disabled' 'user' 'user_token_from' 'key_token_from' 'active_licenses' 'terms_accepted' 'api' 'usable'
        case '* --max-cost'
            printf '%s\n' 'any'
        case '* --from'
            printf '%s\n' 'file'
        case '* --run-name'
            printf '%s\n' 'any'
        case '* --days'
            printf '%s\n' 'any'
        case '* --new-primary'
            printf '%s\n' 'any'
        case '* --status'
            printf '%s\n' 'choice' 'all' 'open' 'past-due' 'paid' 'draft' 'void' 'uncollectible'
        case '* --year'
            printf '%s\n' 'any'
        case '* --dir'
            printf '%s\n' 'directory'
        case '* --name'
            printf '%s\n' 'any'
        case '* --contact-person'
            printf '%s\n' 'any'
        case '* --company-website'
            printf '%s\n' 'any'
        case '* --line1'
            printf '%s\n' 'any'
        case '* --line2'
            printf '%s\n' 'any'
        case '* --city'
            printf '%s\n' 'any'
        case '* --country'
            printf '%s\n' 'any'
        case '* --postal-code'
            printf '%s\n' 'any'
        case '* --filter'
            printf '%s\n' 'choice' 'all' 'favorites' 'any-issue' 'backup-failed' 'backup-warning' 'threats' 'down' 'disconnected' 'updates'
        case '* --local-user'
            printf '%s\n' 'any'
        case '* --day'
            printf '%s\n' 'any'
        case '* --since'
            printf '%s\n' 'any'
        case '* --of-key'
            printf '%s\n' 'any'
        case '* --with-token'
            printf '%s\n' 'choice' 'key' 'user'
        case '* --host'
            printf '%s\n' 'any'
        case '* --port'
            printf '%s\n' 'any'
        case '* --licenses'
            printf '%s\n' 'any'
        case '* --seed'
            printf '%s\n' 'any'
        case '* --now'
            printf '%s\n' 'any'
        case '* --fault'
            printf '%s\n' 'any'
    end
end

function __jpmanage_word
    switch "$argv[1]"
        case 'licenses show *'
            printf '%s\n' 'any'
        case 'licenses download *'
            printf '%s\n' 'any'
        case 'licenses issue *'
            printf '%s\n' 'any'
        case 'licenses assign *'
            printf '%s\n' 'any'
        case 'licenses unassign *'
            printf '%s\n' 'any'
        case 'licenses move *'
            printf '%s\n' 'any'
        case 'licenses revoke *'
            printf '%s\n' 'any'
        case 'licenses leave-site *'
            printf '%s\n' 'any'
        case 'payment-methods set-primary 0'
            printf '%s\n' 'any'
        case 'payment-methods delete 0'
            printf '%s\n' 'any'
        case 'invoices show 0'
            printf '%s\n' 'any'
        case 'invoices download *'
            printf '%s\n' 'any'
        case 'invoices pay 0'
            printf '%s\n' 'any'
        case 'sites connect *'
            printf '%s\n' 'any'
        case 'operations show 0'
            printf '%s\n' 'any'
        case 'operations resume 0'
            printf '%s\n' 'any'
        case 'operations retry 0'
            printf '%s\n' 'any'
        case 'operations cancel 0'
            printf '%s\n' 'any'
        case 'operations discard 0'
            printf '%s\n' 'any'
        case 'operations undo 0'
            printf '%s\n' 'any'
        case 'operations recheck 0'
            printf '%s\n' 'any'
        case 'operations resolve 0'
            printf '%s\n' 'any'
        case 'operations export 0'
            printf '%s\n' 'any'
        case 'profiles use 0'
            printf '%s\n' 'profile'
        case 'completion 0'
            printf '%s\n' 'choice' 'bash' 'zsh' 'fish'
        case 'help *'
            printf '%s\n' 'any'
    end
end

function __jpmanage_names --description 'The names of lines'
    string replace --regex '\t.*' '' -- $argv
end

function __jpmanage_complete
    set -l at ''
    set -l option ''
    set -l dashes ''
    set -l helping ''
    set -l count 0
    set -l start ''
    set -l cur (commandline -ct)
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    for word in $words
        if test -n "$option"
            set option ''
            continue
        end
        if test -z "$dashes"; and string match --quiet -- '-?*' "$word"
            if test "$word" = --
                set dashes 1
            else if not string match --quiet -- '*=*' "$word"
                set -l value (__jpmanage_value "$at $word")
                test -n "$value[1]"; and set option $word
            end
            continue
        end
        set -l lines (__jpmanage_commands "$at")
        if test (count $lines) -eq 0
            set count (math $count + 1)
        else if not contains -- "$word" (__jpmanage_names $lines)
            return
        else if test -z "$at" -a -z "$helping" -a "$word" = help
            set helping 1
        else
            set at (string trim -- "$at $word")
        end
    end
    if test -z "$dashes" -a -z "$option"; and string match --quiet -- '--*=*' "$cur"
        set option (string replace --regex '=.*' '' -- $cur)
        set start "$option="
        set cur (string replace --regex '^[^=]*=' '' -- $cur)
    end
    set -l value
    if test -n "$option"
        set value (__jpmanage_value "$at $option")
    else if test -z "$dashes"; and string match --quiet -- '-*' "$cur"
        test -n "$helping"; and set at help
        __jpmanage_options "$at"
        return
    else
        set -l lines (__jpmanage_commands "$at")
        if test (count $lines) -gt 0
            string join \n -- $lines
            return
        end
        test -n "$helping"; and return
        set value (__jpmanage_word "$at $count")
        if test -z "$value[1]" -a -z "$cur" -a -z "$dashes"
            __jpmanage_options "$at"
            return
        end
    end
    switch "$value[1]"
        case choice
            printf '%s\n' $start$value[2..-1]
        case list
            set -l prefix ''
            set -l chosen
            if string match --quiet -- '*,*' "$cur"
                set prefix (string replace --regex '[^,]*$' '' -- $cur)
                set chosen (string split , -- $prefix)
            end
            for line in $value[2..-1]
                contains -- (__jpmanage_names $line) $chosen; or printf '%s\n' "$start$prefix$line"
            end
        case profile
            printf "$start%s\n" ($program profiles list --fields name 2>/dev/null </dev/null)
        case file
            for line in (__fish_complete_path $cur)
                printf '%s\n' "$start$line"
            end
        case directory
            for line in (__fish_complete_directories $cur '')
                printf '%s\n' "$start$line"
            end
    end
end

complete --command jpmanage --no-files --arguments '(__jpmanage_complete)'
