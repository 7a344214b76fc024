"""The conversation in a terminal: the screens, the commands, what a line can become."""
