"""The Billing screen: the estimate of the month, and the licenses that are billed though no site uses them."""
