"""What the API answers, as frozen typed models. They take whatever shape the contract says may come."""
