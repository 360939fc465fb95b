"""The only GraphQL, HTTP and WebSocket code."""
