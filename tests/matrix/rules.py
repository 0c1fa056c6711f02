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
    "session:keep": EVERYBODY,
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
    "account:close": NETWORK,
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
    "patient:create": CARING,
    "patient:edit": CARING,
    "patient:invite": CARING,
    "patient:merge": CARING,
    "patient:remove": CARING,
    "patient:restore": LOOKING_AFTER_ACCOUNTS,
    "affiliation:request": CARING,
    "affiliation:decide": CARING,
    "affiliation:end": CARING,
    "contact:edit": CARING,
    "consent:read": CARING | PATIENTS,
    "consent:collect": CARING,
    "consent:sign": PATIENTS,
    "consent_text:edit": NETWORK,
    "treatment:read": CARING | PATIENTS,
    "treatment:edit": CARING,
    "lab:read": CARING,
    "lab:edit": CARING,
    "lab:import": CARING,
    "document:read": CARING | PATIENTS,
    "document:add": CARING | PATIENTS,
    "document:remove": CARING,
    "record:ask": PATIENTS,
    "record:decide": CARING,
    "own_record:read": PATIENTS,
    "own_record:manage": PATIENTS,
    "trial:read": PROFESSIONALS | NETWORK,
    "trial:manage": NETWORK,
    "progress:read": CARING,
    "enrolment:read": CARING,
    "enrolment:create": CARING,
    "enrolment:edit": CARING,
    "visit:read": CARING,
    "visit:edit": CARING,
    "visit:sign": CARING,
    "visit:lend": CARING,
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
    "patient:create",
    "patient:edit",
    "patient:invite",
    "patient:merge",
    "patient:remove",
    "affiliation:request",
    "affiliation:decide",
    "affiliation:end",
    "contact:edit",
    "consent:read",
    "consent:collect",
    "treatment:read",
    "treatment:edit",
    "lab:read",
    "lab:edit",
    "lab:import",
    "document:read",
    "document:add",
    "document:remove",
    "record:decide",
    "progress:read",
    "enrolment:read",
    "enrolment:create",
    "enrolment:edit",
    "visit:read",
    "visit:edit",
    "visit:sign",
    "visit:lend",
}

# Kind of thing: who sees the one of Lyon, who sees the one of Brest. Marc works in both and acts in Lyon.
OF_PATIENT = ({"ines", "marc", "tom", "paul"}, {"zoe", "yann"})
OF_CENTRE = ({"ines", "marc", "tom", "odile", "hugo"} | NETWORK, {"zoe"} | NETWORK)
OF_PERSON = ({"ines"}, {"zoe"})
OF_PATIENTS_ACCOUNT = ({"paul"}, {"yann"})

# Part of a path: what kind of thing it names.
KINDS = {
    "patient_id": OF_PATIENT,
    "assignment_id": OF_PATIENT,
    "response_id": OF_PATIENT,
    "alert_id": OF_PATIENT,
    "consent_id": OF_PATIENT,
    "prescription_id": OF_PATIENT,
    "effect_id": OF_PATIENT,
    "document_id": OF_PATIENT,
    "lab_report_id": OF_PATIENT,
    "lab_import_id": OF_PERSON,
    "organisation_id": OF_CENTRE,
    "account_id": OF_CENTRE,
    "membership_id": OF_CENTRE,
    "request_id": OF_CENTRE,
    "invitation_id": OF_CENTRE,
    "reset_id": OF_CENTRE,
    "session_id": OF_PERSON,
    "passkey": OF_PERSON,
    "contact_id": OF_PATIENT,
    "patient_invitation_id": OF_PATIENT,
    "link_id": OF_PATIENT,
    "own_link_id": ({"claire"}, {"claire"}),
    "entry_id": OF_PERSON,
    "removed_id": OF_CENTRE,
    "other_id": OF_PATIENT,
    "merge_id": OF_PATIENT,
    "affiliation_request_id": OF_CENTRE,
    "question_id": OF_PATIENT,
    "leave_id": OF_PATIENT,
    "ask_id": OF_CENTRE,
    "own_ask_id": OF_PATIENTS_ACCOUNT,
    "own_reminder_id": OF_PATIENTS_ACCOUNT,
    "orphan_id": (NETWORK, NETWORK),
    "enrolment_id": OF_PATIENT,
    "visit_id": OF_PATIENT,
    "site_id": (NETWORK, NETWORK),
}

# Parts that name something inside the thing, or nothing that belongs to anybody: one example does.
WITHIN = {
    "screen_id": "problems",
    "item_id": "q1",
    "score_id": "total",
    "key": "phq9",
    "section": "data",
    "token": "nothing",
    "identifier_id": "01a20000-0000-7000-8000-000000000000",
    "purpose": "care",
    "analyte": "lithium",
    "version": "1",
    "trial_key": "small",
}

# A patient as a code belongs to the network; who it is, only once the glass was broken.
OF_NETWORK = (NETWORK, NETWORK)
# Allowed, and yet there is nothing there for anybody in the cast: why.
NOTHING_THERE = {
    "/me/identity": "no provider of identities is set up",
    "/me/identity/link": "no provider of identities is set up",
    "/me/identity/unlink": "no provider of identities is set up",
    "/me/phone": "no text messages are set up",
    "/training/certificate": "nobody has taken the quiz",
    "/training/passed": "nobody has taken the quiz",
    "/invitations/{token:str}/accept": "no link was mailed",
    "POST /administration/resets": "no account was named",
}
# The same for somebody in particular.
NOTHING_FOR = {"/invitations/accepted": {"lucie"}}
# What is for the team alone, though it is one's own.
NOT_FOR_PATIENTS = ("/me/authenticator", "/me/password")
# Two people reset an account, and never its owner: (who, centre of the account).
NOT_ALSO = {
    "/administration/resets/{reset_id:uuid}/confirm": {("sacha", "lyon"), ("sacha", "brest"), ("zoe", "brest")},
}
# Where the same part of a path names a thing as somebody else sees it.
OTHERWISE = {
    "/administration/patients/{patient_id:uuid}/identity": OF_NETWORK,
}
