"""`destroy`: take a stage's two stacks away, and with them its topics."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from wms_connector.cli.app import App, command
from wms_connector.cli.confirm import confirm
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage, check_product

if TYPE_CHECKING:
    from wms_connector.aws.destroy import Destroyed, Existing
    from wms_connector.aws.session import Aws


@click.command(epilog="Example: wms-connector destroy --stage my-branch")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--product",
    metavar="NAME",
    help="The product whose stage it is, without any pipeline file.  [default: the file's]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 24 * 60),
    default=180.0,
    show_default=True,
    metavar="MINUTES",
    help="For each stack; its deletion goes on after that.",
)
@command
def destroy(app: App, yes: bool, product: str | None, timeout: float) -> None:
    """Destroy a branch's environment: its stacks and exactly its own topics.

    Needs credentials of the AWS account and nothing else. Can be repeated at any point.
    """
    from wms_connector.aws.deletion import Waiting
    from wms_connector.aws.destroy import check_ephemeral, look
    from wms_connector.aws.destroy import destroy as destroy_stage
    from wms_connector.aws.session import Aws

    owner = app.pipeline.product if product is None else check_product(product)
    names = Names(Stage.parse(app.stage_text, product=owner), owner)
    check_ephemeral(names)
    aws = Aws()
    existing = look(aws, names)
    if not existing.stacks:
        _show(app, names, aws, destroy_stage(aws, names, existing))
        return
    click.echo("\n".join(_described(names, aws, existing)), err=True)
    confirm(f"destroy stage {names.stage} and all that its topics hold", yes=yes)
    waiting = Waiting(seconds=timeout * 60, progress=_progress)
    try:
        done = destroy_stage(aws, names, existing, waiting)
    except KeyboardInterrupt:
        click.echo(
            "wms-connector: AWS goes on deleting what was begun; repeat the command to follow it "
            "and to delete the rest",
            err=True,
        )
        raise
    _show(app, names, aws, done)


def _described(names: Names, aws: Aws, existing: Existing) -> list[str]:
    lines = [f"stage {names.stage} in AWS ({aws.place()}):"]
    lines += [f"  stack {stack.name} ({stack.status})" for stack in existing.stacks]
    lines += [f"  topic {topic}" for topic in existing.topics or ()]
    if existing.topics is None and names.connector_stack not in existing.missing:
        lines.append("  the topics that the stage's own record names (it cannot be read from here)")
    return lines


def _progress(line: str) -> None:
    click.echo(f"{datetime.now().astimezone():%H:%M:%S} {line}", err=True)


def _show(app: App, names: Names, aws: Aws, done: Destroyed) -> None:
    place = aws.place()
    value = {
        "stage": names.stage.name,
        "place": place,
        "deleted": list(done.deleted),
        "not_there": list(done.missing),
        "topics_deleted": done.topics,
        "left": list(done.left),
    }
    if done.deleted:
        lines = [f"stage {names.stage} is destroyed ({place}): {', '.join(done.deleted)}"]
    else:
        lines = [f"there is nothing of stage {names.stage} in AWS ({place})"]
    if done.topics is not None:
        lines.append(f"{done.topics} topic{'' if done.topics == 1 else 's'} deleted")
    lines += [f"left: {what}" for what in done.left] or ["nothing is left"]
    app.show(value, "\n".join(lines))
