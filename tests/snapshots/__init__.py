"""Pictures of every screen: drawn by `make screenshots`, and compared with what is committed by the tests."""
