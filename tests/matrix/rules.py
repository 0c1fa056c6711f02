"""What each member of the cast should meet, written by hand and without a look at the policy's own code.

A new permission, a new part of a path or a new member of the cast that is not written here fails the matrix.
"""

PATIENTS = {"paul", "claire", "yann"}
CARING = {"ines", "zoe", "marc", "tom"}
MONITORING = {"hugo"}
WITHOUT_PLACE = {"lucie"}
CENTRE_OFFICE = {"odile"}
NETWORK = {"sacha", "nour"}
PROFESSIONALS = CARING | MONITORING | WITHOUT_PLACE | CENTRE_OFFICE
LOOKING_AFTER_ACCOUNTS = {"ines", "zoe", "odile"} | NETWORK
EVERYBODY = PATIENTS | PROFESSIONALS | NETWORK

# Signed out: nobody, and somebody whose account was closed while signed in.
OUTSIDE = {"nobody", "victor"}
UNTRAINED = {"tom"}

# Permission: who may do it somewhere. What patients say in their own voice no professional says for them.
MAY = {
    "account:own": EVERYBODY,
    "access_log:read": PATIENTS,
    "training:take": PROFESSIONALS,
    "place:request": PROFESSIONALS,
    "home:read": PATIENTS,
    "today:read": CARING,
    "questionnaire:read": CARING | MONITORING | NETWORK,
    "patient:list": CARING,
    "patient:read": CARING,
    "assignment:open": PATIENTS,
    "assignment:create": CARING,
    "response:read": PATIENTS | CARING,
    "response:answer": PATIENTS,
    "response:correct": PATIENTS,
    "score:read": CARING,
    "alert:acknowledge": CARING,
    "administration:read": LOOKING_AFTER_ACCOUNTS,
    "organisation:read": LOOKING_AFTER_ACCOUNTS,
    "organisation:edit": LOOKING_AFTER_ACCOUNTS,
    "organisation:create": NETWORK,
    "professional:read": LOOKING_AFTER_ACCOUNTS,
    "place:manage": LOOKING_AFTER_ACCOUNTS,
    "place:decide": LOOKING_AFTER_ACCOUNTS,
    "invitation:manage": LOOKING_AFTER_ACCOUNTS,
    "reset:manage": LOOKING_AFTER_ACCOUNTS,
    "delivery:read": LOOKING_AFTER_ACCOUNTS,
    "audit:read": LOOKING_AFTER_ACCOUNTS,
    "policy:read": PROFESSIONALS | NETWORK,
    "patient:coded": NETWORK,
    "identity:open": NETWORK,
}

# Before these a professional takes the course.
AFTER_TRAINING = {
    "today:read",
    "patient:list",
    "patient:read",
    "assignment:open",
    "assignment:create",
    "response:read",
    "response:answer",
    "response:correct",
    "score:read",
    "alert:acknowledge",
}

# Kind of thing: who sees the one of Lyon, who sees the one of Brest. Marc works in both and acts in Lyon.
OF_PATIENT = ({"ines", "marc", "tom", "paul"}, {"zoe", "yann"})
OF_CENTRE = ({"ines", "marc", "tom", "odile", "hugo"} | NETWORK, {"zoe"} | NETWORK)
OF_PERSON = ({"ines"}, {"zoe"})

# Part of a path: what kind of thing it names.
KINDS = {
    "patient_id": OF_PATIENT,
    "assignment_id": OF_PATIENT,
    "response_id": OF_PATIENT,
    "alert_id": OF_PATIENT,
}

# Parts that name something inside the thing, or nothing that belongs to anybody: one example does.
WITHIN = {
    "screen_id": "problems",
    "item_id": "q1",
    "score_id": "total",
    "key": "phq9",
}

# Routes about a thing of any centre: the permission alone decides.
ANY_CENTRE: set[str] = set()
