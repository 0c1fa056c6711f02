"""What a person may be told they cannot do. The words are found by the page that shows it."""


class Refused(Exception):
    """A rule says no, for a reason the form could not know. `code` names the rule, e.g. `response.sent`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
