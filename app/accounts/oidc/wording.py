"""What went wrong on the way to the provider and back, and what to do, in the reader's language."""

from app.accounts.oidc.model import OidcProblem
from app.lib.i18n import gettext as _


def problem_words(problem: OidcProblem, name: str) -> tuple[str, str]:
    """A heading, and what to do. `name`: the provider's."""
    found = {
        OidcProblem.UNKNOWN: (
            _("No account is linked to this identity"),
            _("Sign in with your password or your passkey once, then link it: My account, then Outside identity."),
        ),
        OidcProblem.WALK_OVER: (
            _("This step is over"),
            _("It works once, for 10 minutes, in the browser where it began. Start again."),
        ),
        OidcProblem.REFUSED: (
            _("%(name)s did not let you in"),
            _("You stopped there, or you were refused. Nothing changed here."),
        ),
        OidcProblem.UNREACHABLE: (
            _("%(name)s does not answer"),
            _("Sign in with your password or your passkey meanwhile, or try again in a few minutes."),
        ),
        OidcProblem.NOT_VOUCHED_FOR: (
            _("The answer of %(name)s could not be checked"),
            _("Nobody was signed in, for your safety. Start again. If it goes on, tell whoever administers Cohorte."),
        ),
        OidcProblem.TAKEN: (
            _("This identity belongs to another account"),
            _("One identity opens one account. Unlink it there first, or tell whoever administers Cohorte."),
        ),
        OidcProblem.OTHER_PERSON: (
            _("This identity has another RPPS number than your account"),
            _("It was not linked. If your number in Cohorte is wrong, tell whoever administers it in your centre."),
        ),
        OidcProblem.TOO_MANY: (
            _("Too many tries from here"),
            _("Wait ten minutes, or sign in with your password or your passkey."),
        ),
    }[problem]
    return found[0] % {"name": name}, found[1]
