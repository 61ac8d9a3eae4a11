"""The Billing screen: the estimate of the month, and the licences that are billed though no site uses them."""
