"""`jpmanage login`: sign in with WordPress.com, or keep a token; it is kept in a profile once it has served."""

from __future__ import annotations

from jpmanage_tui.cli.command import LOCAL_ONLY, Command, Example, Invocation
from jpmanage_tui.cli.parser import Parser


def _arguments(parser: Parser) -> None:
    method = parser.add_mutually_exclusive_group()
    parser.option(
        "--web",
        to=method,
        dest="method",
        action="store_const",
        const="web",
        help="with WordPress.com, without asking how",
    )
    parser.option(
        "--paste",
        to=method,
        dest="method",
        action="store_const",
        const="paste",
        help="read a line with the user token and a line with the partner key's token; one may be empty",
    )
    parser.option(
        "--with-token",
        to=method,
        dest="method",
        choices=("key", "user"),
        help="read one token from standard input: a partner key's, or a WordPress.com user's",
    )


async def _run(invocation: Invocation) -> int:
    from jpmanage_tui.cli.signing_in import SignInMethod, login
    from jpmanage_tui.cli.terminal import Terminal

    arguments = invocation.arguments
    service = invocation.account_service
    method = SignInMethod(arguments.method) if arguments.method is not None else None
    return await login(service, service.options.profile, method, Terminal())


COMMAND = Command(
    "login",
    "sign in with WordPress.com, or keep a token",
    _run,
    arguments=_arguments,
    description="Sign in, and keep the tokens in a profile once they have served; what it held before is replaced; "
    "--with-token refuses a profile that holds a token of the other kind. A token is never taken as an argument.",
    examples=(
        Example("jpmanage login", "Ask how, sign in, and keep the tokens in the default profile."),
        Example("jpmanage login --profile acme --web", "Sign in with WordPress.com under the name acme."),
        Example("pass show jetpack | jpmanage login --with-token key", "Keep a partner key's token."),
    ),
    refused=LOCAL_ONLY,
)
