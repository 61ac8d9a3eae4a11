"""The vendor's own pages that a user is sent to."""

CARDS_PAGE = "https://cloud.jetpack.com/partner-portal/payment-methods"
"""The payment methods; the bank's page leads back to it where no listener here can be reached."""
ADD_CARD_PAGE = f"{CARDS_PAGE}/add"
