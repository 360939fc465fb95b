"""Errors, context, transactions, keys, calendar: what every feature stands on."""
