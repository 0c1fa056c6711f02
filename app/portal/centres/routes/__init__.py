"""The pages of centres and of records that are asked for."""

from app.portal.centres.routes import asking, centres

HANDLERS = [*centres.HANDLERS, *asking.HANDLERS]
