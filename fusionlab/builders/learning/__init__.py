"""How a model learns further, for the builders that train: schedule, steps, quiz, what is left."""
