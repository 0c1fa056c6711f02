"""How long the worker tries what nobody may miss. Read by the packages' jobs.py, never by the web process."""

from procrastinate import RetryStrategy

# Nobody may remain untold because a mail server was down for a night: 20 tries, the last a day after the first.
FOR_A_DAY = RetryStrategy(max_attempts=19, wait=30, linear_wait=500)
