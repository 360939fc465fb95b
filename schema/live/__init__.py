"""Subscriptions over WebSocket: the protocol, the dispatcher that follows the logs, authority."""
