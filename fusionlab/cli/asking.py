"""Options that say what is asked, of whom, and how tokens are drawn."""

import argparse
from dataclasses import fields
from typing import Any

from fusionlab.cli.files import messages_in
from fusionlab.cli.parser import Told
from fusionlab.conversation import Message
from fusionlab.recipe import MemberRecipe, Sampling, member_from_text


def add_asked(parser: argparse.ArgumentParser) -> None:
    """The options for members, and for a prompt or a conversation."""
    parser.add_argument(
        "--member",
        action="append",
        default=[],
        metavar="REF[,name=…][,weight=…][,system=…][,engine=…]",
    )
    parser.add_argument("--prompt", metavar="TEXT")
    parser.add_argument(
        "--messages",
        metavar="FILE",
        help="cli-help-messages",
    )


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """The options for how tokens are drawn."""
    most = Told("cli-help-max-tokens", default=str(Sampling().max_tokens))
    parser.add_argument("--max-tokens", type=int, help=most)
    parser.add_argument("--temperature", type=float, help="cli-help-temperature")
    parser.add_argument("--top-k", type=int, help="cli-help-top-k")
    parser.add_argument("--top-p", type=float, help="cli-help-top-p")
    parser.add_argument("--seed", type=int, help="cli-help-seed")


def members_of(arguments: argparse.Namespace) -> tuple[MemberRecipe, ...]:
    """The members that the options name."""
    return tuple(member_from_text(text) for text in arguments.member)


def asked_in(arguments: argparse.Namespace) -> dict[str, Any]:
    """The prompt or messages of the options; nothing where they name neither."""
    if arguments.prompt is None and arguments.messages is None:
        return {}
    turns: tuple[Message, ...] = ()
    if arguments.messages is not None:
        turns = messages_in(arguments.messages)
    return {"prompt": arguments.prompt or "", "messages": turns}


def drawn_in(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the options say of sampling."""
    drawn = {each.name: getattr(arguments, each.name) for each in fields(Sampling)}
    return {name: value for name, value in drawn.items() if value is not None}
