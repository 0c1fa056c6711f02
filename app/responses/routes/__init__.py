"""The pages of a response, from the intro to sending and correcting. Reading back is the portal's."""

from app.responses.routes import answering, correcting, sending

HANDLERS = [
    answering.show_intro,
    answering.open_assignment,
    answering.resume,
    answering.show_screen,
    answering.save_screen,
    answering.save_item,
    sending.show_review,
    sending.submit,
    correcting.show_correction,
    correcting.correct,
]
