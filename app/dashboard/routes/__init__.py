"""The team's pages: the day, the patients, one record, asking for questionnaires, scores explained."""

from app.dashboard.routes import (
    assigning,
    contacts,
    documents,
    identity,
    new_patient,
    patients,
    proxies,
    record,
    removing,
    scores,
    today,
)

HANDLERS = [
    today.show_today,
    patients.list_patients,
    patients.search_patients,
    patients.show_search,
    record.show_summary,
    record.show_questionnaires,
    assigning.show_form,
    assigning.assign,
    assigning.confirm_cancelling,
    assigning.cancel,
    scores.show_scores,
    scores.explain_score,
    *contacts.HANDLERS,
    *proxies.HANDLERS,
    documents.show_documents,
    documents.confirm_removing,
    documents.remove,
    documents.restore,
    *new_patient.HANDLERS,
    *identity.HANDLERS,
    *removing.HANDLERS,
]
