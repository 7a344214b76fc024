"""The web server: a JSON API, the protocols of existing clients, and the widget for websites."""
