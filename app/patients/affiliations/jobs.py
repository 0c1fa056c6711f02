"""What the worker does about who follows whom. Each reads its arguments and calls one action."""

from uuid import UUID

from procrastinate import Blueprint

from app.lib import clock
from app.lib.retrying import FOR_A_DAY
from app.patients.affiliations.actions import telling, upkeep
from app.patients.affiliations.notices import Notice

tasks = Blueprint()


@tasks.task(name="tell", queue=telling.TELL.queue, retry=FOR_A_DAY)
async def tell(account: str, notice: str) -> None:
    await telling.send_notice(UUID(account), Notice(notice), at=clock.now())


@tasks.task(name="answer", queue=telling.ANSWER.queue, retry=FOR_A_DAY)
async def answer(request: str) -> None:
    await telling.answer_asker(UUID(request), at=clock.now())


@tasks.task(name="ask_network", queue=telling.ASK_NETWORK.queue, retry=FOR_A_DAY)
async def ask_network(question: str) -> None:
    await telling.ask_network(UUID(question), at=clock.now())


@tasks.periodic(cron="23 4 * * *")
@tasks.task(name="expire_requests", queue="upkeep", pass_context=False)
async def expire_requests(timestamp: int) -> None:
    await upkeep.expire_requests(at=clock.now())
