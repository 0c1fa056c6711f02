"""Which page comes first for whom. Pure."""

from app.access.policy import Role

DOORS = {
    Role.PATIENT: "/home",
    Role.PRACTITIONER: "/today",
    Role.ARC: "/waiting",
    Role.ADMINISTRATOR: "/administration",
    Role.SUPERADMIN: "/administration",
    Role.WAITING: "/waiting",
    Role.TABLET: "/tablet",
}
