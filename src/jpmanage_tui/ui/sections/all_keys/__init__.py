"""All Keys: the licenses and bills of every partner key of the account."""
