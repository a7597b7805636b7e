"""One prompt and one set of members under several methods: its recipe, its running, its file."""
