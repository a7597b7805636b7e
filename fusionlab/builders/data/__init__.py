"""What models learn from or are measured on: texts, corpora, questions, pairs of own answers."""
