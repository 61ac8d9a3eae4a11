"""The sandbox: an embedded copy of the API, for the demo and for tests. Shares nothing with the client."""
