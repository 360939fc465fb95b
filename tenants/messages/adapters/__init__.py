"""The outside of messages: a gateway for text messages, and how recipients lie at rest."""
